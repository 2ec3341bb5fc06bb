import { Controller, Get } from '@nestjs/common';
import { BalancerReader } from '../balancer.reader.js';
import { Described } from '../openapi/described.decorator.js';

@Controller('api/v1/balancers')
export class BalancersController {
  constructor(private readonly reader: BalancerReader) {}

  @Get()
  @Described({
    summary: 'The balancers that share the registry',
    description:
      'Each says every 2 seconds that it is there, and which revision it runs: all run the same when their revisions are equal.',
    answer: 'BalancerList',
    errors: ['STORE_UNAVAILABLE'],
  })
  list() {
    return this.reader.list();
  }
}
