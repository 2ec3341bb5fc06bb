import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import type { Change } from '../../registry/index.js';
import { JsonBody } from '../http/json-body.interceptor.js';
import { Described } from '../openapi/described.decorator.js';
import { SERVICE_EXAMPLES } from '../openapi/examples.js';
import { PAGE_QUERY } from '../openapi/query-parameters.js';
import type { RawQuery } from '../query.reader.js';
import { ServiceEditor } from '../service.editor.js';
import { ServiceReader } from '../service.reader.js';
import { RequestedChange } from './requested-change.decorator.js';

const BODY = { schema: 'ServiceDefinition', examples: SERVICE_EXAMPLES } as const;

@Controller('api/v1/services')
export class ServicesController {
  constructor(
    private readonly reader: ServiceReader,
    private readonly editor: ServiceEditor,
  ) {}

  @Get()
  @Described({
    summary: 'Services with their backends, by name',
    query: PAGE_QUERY,
    answer: 'ServicePage',
    revisioned: true,
  })
  list(@Query() query: RawQuery) {
    return this.reader.list(query);
  }

  @Post()
  @JsonBody()
  @Described({
    summary: 'Add a service',
    description: 'Answers when it is saved and runs.',
    body: BODY,
    answer: 'Service',
    status: 201,
    revisioned: true,
    errors: ['CONFIG_INVALID', 'SERVICE_EXISTS', 'CAPACITY_EXCEEDED'],
    isChange: true,
  })
  create(@Body() body: unknown, @RequestedChange() change: Change) {
    return this.editor.create(body, change);
  }

  @Get(':name')
  @Described({
    summary: 'One service',
    answer: 'Service',
    revisioned: true,
    errors: ['SERVICE_NOT_FOUND'],
  })
  get(@Param('name') name: string) {
    return this.reader.get(name);
  }

  @Put(':name')
  @JsonBody()
  @Described({
    summary: 'Replace a service',
    description:
      'Everything that the body leaves out is the default again. Backends with the same URL keep their id, counters and connections.',
    body: BODY,
    answer: 'Service',
    revisioned: true,
    errors: ['CONFIG_INVALID', 'SERVICE_NOT_FOUND', 'CAPACITY_EXCEEDED'],
    isChange: true,
  })
  replace(@Param('name') name: string, @Body() body: unknown, @RequestedChange() change: Change) {
    return this.editor.replace(name, body, change);
  }

  @Post(':name/return')
  @HttpCode(200)
  @Described({
    summary: 'Let a service and its backends return at once',
    description:
      'Closes its circuit breaker and those of its backends, and ends their ejections, at this balancer. What probes and operators say still holds.',
    answer: 'Service',
    revisioned: true,
    errors: ['SERVICE_NOT_FOUND'],
  })
  return(@Param('name') name: string) {
    return this.editor.returnService(name);
  }

  @Delete(':name')
  @HttpCode(204)
  @Described({
    summary: 'Remove a service',
    description: 'Running exchanges finish.',
    status: 204,
    revisioned: true,
    errors: ['SERVICE_NOT_FOUND'],
    isChange: true,
  })
  remove(@Param('name') name: string, @RequestedChange() change: Change) {
    return this.editor.remove(name, change);
  }
}
