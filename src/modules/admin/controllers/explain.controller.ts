import { Controller, Get, Param, Query } from '@nestjs/common';
import { ExplainReader } from '../explain.reader.js';
import { Described } from '../openapi/described.decorator.js';
import { EXPLAIN_QUERY } from '../openapi/explain.query.js';
import type { RawQuery } from '../query.reader.js';

@Controller('api/v1/explain')
export class ExplainController {
  constructor(private readonly reader: ExplainReader) {}

  @Get()
  @Described({
    summary: 'What would become of a request now, and why',
    description:
      'Decided by the code that serves traffic, over a copy of its counters: nothing is sent, and nothing is counted.',
    query: EXPLAIN_QUERY,
    answer: 'ExplainedRequest',
    errors: ['STORE_UNAVAILABLE'],
  })
  now(@Query() query: RawQuery) {
    return this.reader.now(query);
  }

  @Get(':id')
  @Described({
    summary: 'Why exchanges went the way they went',
    description:
      'By request id, which may be that of several exchanges, or by the id of a record. The newest first.',
    answer: 'ExplainedRecords',
    errors: ['RECORD_NOT_FOUND', 'STORE_UNAVAILABLE'],
  })
  recorded(@Param('id') id: string) {
    return this.reader.recorded(id);
  }
}
