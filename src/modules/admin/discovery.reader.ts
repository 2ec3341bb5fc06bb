import { Injectable } from '@nestjs/common';
import { DiscoveryPort } from './ports.js';
import type { Discovery } from './resources/discovery.resource.js';

/** Shows what discovery finds. */
@Injectable()
export class DiscoveryReader {
  constructor(private readonly discovery: DiscoveryPort) {}

  show(): Discovery {
    const { sources } = this.discovery.status();
    return {
      sources: sources.map(({ backends, problems, ...source }) => ({
        ...source,
        backends: [...backends],
        problems: [...problems],
      })),
    };
  }
}
