import { Controller, Get } from '@nestjs/common';
import { DiscoveryReader } from '../discovery.reader.js';
import { Described } from '../openapi/described.decorator.js';

@Controller('api/v1/discovery')
export class DiscoveryController {
  constructor(private readonly reader: DiscoveryReader) {}

  @Get()
  @Described({
    summary: 'The sources of backends, what they found and what became of it',
    description:
      'Of several balancers each looks for itself; the one with the lease `discovery` changes the registry.',
    answer: 'Discovery',
  })
  show() {
    return this.reader.show();
  }
}
