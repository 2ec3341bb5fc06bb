import { Injectable } from '@nestjs/common';
import { Answer } from './http/answer.js';
import { MetricsPort, RegistryPort } from './ports.js';
import { type RawQuery, refusedParameter } from './query.reader.js';
import { serviceIn } from './service.reader.js';

/** The exposition, whole or of one service. */
@Injectable()
export class MetricsReader {
  constructor(
    private readonly metrics: MetricsPort,
    private readonly registry: RegistryPort,
  ) {}

  async read(query: RawQuery): Promise<Answer<string>> {
    const { service } = query;
    const text = service === undefined ? await this.metrics.scrape() : this.ofService(service);
    return new Answer(text, { mediaType: this.metrics.contentType });
  }

  private ofService(name: unknown): string {
    if (typeof name !== 'string') {
      throw refusedParameter('service', 'is given more than once: give it once');
    }
    const text = this.metrics.scrapeService(name);
    if (text !== null) return text;
    // Unknown: the registry says which one was meant. Known there but not published yet: nothing to count.
    serviceIn(this.registry.current(), name);
    return '';
  }
}
