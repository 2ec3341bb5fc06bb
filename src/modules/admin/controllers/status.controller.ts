import { Controller, Get, Query, UseInterceptors } from '@nestjs/common';
import { YamlInterceptor } from '../http/yaml.interceptor.js';
import { Described } from '../openapi/described.decorator.js';
import { StatusReader } from '../status.reader.js';
import type { RawQuery } from '../query.reader.js';

@Controller('api/v1')
export class StatusController {
  constructor(private readonly reader: StatusReader) {}

  @Get('status')
  @Described({
    summary: 'The balancer at a glance',
    description:
      'Workers, listeners, the ledger of exchanges, the store, log shipping, the configuration file.',
    answer: 'Status',
  })
  status() {
    return this.reader.status();
  }

  @Get('config')
  @UseInterceptors(YamlInterceptor)
  @Described({
    summary: 'The desired state as written',
    description: 'JSON, or YAML with `Accept: application/yaml`: it can be kept as the configuration file.',
    answer: 'DesiredState',
    mediaTypes: ['application/json', 'application/yaml'],
    revisioned: true,
  })
  config() {
    return this.reader.config();
  }

  @Get('revisions')
  @Described({
    summary: 'How the desired state came to be, newest first',
    query: [
      { name: 'limit', description: 'Revisions per page, 1 to 1000. Default 100.', example: '20' },
      { name: 'before', description: 'Only older ones than this revision.', example: '42' },
    ],
    answer: 'RevisionPage',
    revisioned: true,
    errors: ['STORE_UNAVAILABLE'],
  })
  revisions(@Query() query: RawQuery) {
    return this.reader.revisions(query);
  }
}
