import { Controller, Get, Query } from '@nestjs/common';
import { RequiresRole } from '../access/requires-role.decorator.js';
import { LogReader } from '../log.reader.js';
import { Described } from '../openapi/described.decorator.js';
import {
  ACCESS_LOG_QUERY,
  AUDIT_LOG_QUERY,
  HEALTH_LOG_QUERY,
  SCALING_LOG_QUERY,
} from '../openapi/query-parameters.js';
import type { RawQuery } from '../query.reader.js';

@Controller('api/v1')
export class LogsController {
  constructor(private readonly logs: LogReader) {}

  @Get('access-logs')
  @Described({
    summary: 'Exchanges, newest first',
    description: 'Each one is a forward, or a drop with its reason.',
    query: ACCESS_LOG_QUERY,
    answer: 'AccessLogPage',
    errors: ['STORE_UNAVAILABLE'],
  })
  accessLogs(@Query() query: RawQuery) {
    return this.logs.accessLogs(query);
  }

  @Get('health-logs')
  @Described({
    summary: 'Probes and changes of health, newest first',
    query: HEALTH_LOG_QUERY,
    answer: 'HealthLogPage',
    errors: ['STORE_UNAVAILABLE'],
  })
  healthLogs(@Query() query: RawQuery) {
    return this.logs.healthLogs(query);
  }

  @Get('scaling-logs')
  @Described({
    summary: 'Decisions on the number of copies, copies, and what was found, newest first',
    description: 'Each one says in a sentence why.',
    query: SCALING_LOG_QUERY,
    answer: 'ScalingLogPage',
    errors: ['STORE_UNAVAILABLE'],
  })
  scalingLogs(@Query() query: RawQuery) {
    return this.logs.scalingLogs(query);
  }

  @Get('audit-logs')
  @RequiresRole('admin')
  @Described({
    summary: 'Who changed what, and what was refused, newest first',
    description:
      'Every change over the API and from the file, and every refused attempt. Refusals of one kind within a minute are one record with their `count`.',
    query: AUDIT_LOG_QUERY,
    answer: 'AuditLogPage',
    errors: ['STORE_UNAVAILABLE'],
  })
  auditLogs(@Query() query: RawQuery) {
    return this.logs.auditLogs(query);
  }
}
