import { Controller, Get, Headers, Query } from '@nestjs/common';
import { OpenRoute } from '../access/open-route.decorator.js';
import { MetricsReader } from '../metrics.reader.js';
import { Described } from '../openapi/described.decorator.js';
import type { RawQuery } from '../query.reader.js';

/**
 * Without the token, as exporters do: it shows counts and names, and changes nothing. The listener is on loopback by
 * default, and the Host check holds.
 */
@Controller('metrics')
@OpenRoute()
export class MetricsController {
  constructor(private readonly reader: MetricsReader) {}

  @Get()
  @Described({
    summary: 'Metrics for Prometheus',
    query: [
      {
        name: 'service',
        description:
          'Only this service, with all of its backends (without it, 1,000 services and 1,000 backends have own series).',
        example: 'shop',
      },
    ],
    answer: 'Text',
    mediaTypes: ['text/plain', 'application/openmetrics-text'],
    errors: ['SERVICE_NOT_FOUND'],
  })
  metrics(@Query() query: RawQuery, @Headers('accept') accept?: string) {
    return this.reader.read(query, accept);
  }
}
