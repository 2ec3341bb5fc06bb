import { Controller, Get, Param } from '@nestjs/common';
import { Described } from '../openapi/described.decorator.js';
import { ScalingReader } from '../scaling.reader.js';

@Controller('api/v1/scaling')
export class ScalingController {
  constructor(private readonly reader: ScalingReader) {}

  @Get()
  @Described({
    summary: 'How many copies of services run, and why',
    description:
      'Of several balancers on one store one decides: only there are instances and decisions shown, the others are `standby`.',
    answer: 'ScalingList',
  })
  list() {
    return this.reader.list();
  }

  @Get(':name')
  @Described({
    summary: 'How many copies of one service run, and why',
    answer: 'Scaling',
    errors: ['SERVICE_NOT_FOUND'],
  })
  service(@Param('name') name: string) {
    return this.reader.get(name);
  }
}
