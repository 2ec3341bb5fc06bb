import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import type { Change } from '../../registry/index.js';
import { JsonBody } from '../http/json-body.interceptor.js';
import { Described } from '../openapi/described.decorator.js';
import { BACKEND_EXAMPLES, BACKEND_PATCH_EXAMPLES } from '../openapi/examples.js';
import { ServiceEditor } from '../service.editor.js';
import { ServiceReader } from '../service.reader.js';
import { RequestedChange } from './requested-change.decorator.js';

@Controller('api/v1/services/:name/backends')
export class BackendsController {
  constructor(
    private readonly reader: ServiceReader,
    private readonly editor: ServiceEditor,
  ) {}

  @Get()
  @Described({
    summary: 'Backends of a service',
    answer: 'BackendList',
    revisioned: true,
    errors: ['SERVICE_NOT_FOUND'],
  })
  list(@Param('name') service: string) {
    return this.reader.backends(service);
  }

  @Post()
  @JsonBody()
  @Described({
    summary: 'Add a backend',
    description: 'It takes traffic as soon as its first probe has passed.',
    body: { schema: 'BackendDefinition', examples: BACKEND_EXAMPLES },
    answer: 'Backend',
    status: 201,
    revisioned: true,
    errors: ['CONFIG_INVALID', 'SERVICE_NOT_FOUND', 'BACKEND_EXISTS', 'CAPACITY_EXCEEDED'],
    isChange: true,
  })
  add(@Param('name') service: string, @Body() body: unknown, @RequestedChange() change: Change) {
    return this.editor.addBackend(service, body, change);
  }

  @Get(':id')
  @Described({
    summary: 'One backend',
    answer: 'Backend',
    revisioned: true,
    errors: ['SERVICE_NOT_FOUND', 'BACKEND_NOT_FOUND'],
  })
  get(@Param('name') service: string, @Param('id') id: string) {
    return this.reader.backend({ service, id });
  }

  @Patch(':id')
  @JsonBody()
  @Described({
    summary: 'Change weight, admin state or backup of a backend',
    description:
      '`draining`: takes nothing new, finishes what runs; when `inFlight` is 0 the server can be stopped.',
    body: { schema: 'BackendPatch', examples: BACKEND_PATCH_EXAMPLES },
    answer: 'Backend',
    revisioned: true,
    errors: ['CONFIG_INVALID', 'SERVICE_NOT_FOUND', 'BACKEND_NOT_FOUND'],
    isChange: true,
  })
  change(
    @Param('name') service: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @RequestedChange() change: Change,
  ) {
    return this.editor.changeBackend({ service, id }, body, change);
  }

  @Post(':id/return')
  @HttpCode(200)
  @Described({
    summary: 'Let a backend return at once',
    description:
      'Ends its ejection and closes its circuit breaker at this balancer. What probes and operators say of it still holds.',
    answer: 'Backend',
    revisioned: true,
    errors: ['SERVICE_NOT_FOUND', 'BACKEND_NOT_FOUND'],
  })
  return(@Param('name') service: string, @Param('id') id: string) {
    return this.editor.returnBackend({ service, id });
  }

  @Delete(':id')
  @HttpCode(204)
  @Described({
    summary: 'Remove a backend',
    description: 'Takes nothing new at once; running exchanges finish.',
    status: 204,
    revisioned: true,
    errors: ['SERVICE_NOT_FOUND', 'BACKEND_NOT_FOUND'],
    isChange: true,
  })
  remove(@Param('name') service: string, @Param('id') id: string, @RequestedChange() change: Change) {
    return this.editor.removeBackend({ service, id }, change);
  }
}
