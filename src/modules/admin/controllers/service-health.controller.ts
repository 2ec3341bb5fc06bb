import { Controller, Get, Param, Query } from '@nestjs/common';
import { HealthReader } from '../health.reader.js';
import { LogReader } from '../log.reader.js';
import { Described } from '../openapi/described.decorator.js';
import { HEALTH_LOG_QUERY } from '../openapi/query-parameters.js';
import type { RawQuery } from '../query.reader.js';

@Controller('api/v1/services/:name/health')
export class ServiceHealthController {
  constructor(
    private readonly health: HealthReader,
    private readonly logs: LogReader,
  ) {}

  @Get()
  @Described({
    summary: 'Health of each backend of a service',
    query: [{ name: 'history', description: 'Add the newest so many records, 1 to 1000.', example: '20' }],
    answer: 'ServiceHealth',
    errors: ['SERVICE_NOT_FOUND', 'STORE_UNAVAILABLE'],
  })
  service(@Param('name') name: string, @Query() query: RawQuery) {
    return this.health.service(name, query);
  }

  @Get('history')
  @Described({
    summary: 'Probes and changes of health of a service',
    query: HEALTH_LOG_QUERY.filter((parameter) => parameter.name !== 'service'),
    answer: 'HealthLogPage',
    errors: ['SERVICE_NOT_FOUND', 'STORE_UNAVAILABLE'],
  })
  history(@Param('name') name: string, @Query() query: RawQuery) {
    return this.logs.historyOf(name, query);
  }
}
