import { Injectable } from '@nestjs/common';
import { Answer } from './http/answer.js';
import type { Exposition } from '../metrics/index.js';
import { MetricsPort, RegistryPort } from './ports.js';
import { type RawQuery, textIn } from './query.reader.js';
import { serviceIn } from './service.reader.js';

/** The exposition, whole or of one service. */
@Injectable()
export class MetricsReader {
  constructor(
    private readonly metrics: MetricsPort,
    private readonly registry: RegistryPort,
  ) {}

  /** @param accept The request's `Accept` field. */
  async read(query: RawQuery, accept = ''): Promise<Answer<string>> {
    const service = textIn(query, 'service');
    const { text, mediaType } =
      service === undefined ? await this.metrics.scrape(accept) : this.ofService(service, accept);
    return new Answer(text, { mediaType });
  }

  private ofService(name: string, accept: string): Exposition {
    const exposition = this.metrics.scrapeService(name, accept);
    if (exposition !== null) return exposition;
    // Unknown: the registry says which one was meant. Known there but not published yet: nothing to count.
    serviceIn(this.registry.current(), name);
    return { text: '', mediaType: 'text/plain; charset=utf-8' };
  }
}
