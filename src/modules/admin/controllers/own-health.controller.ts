import type { ServerResponse } from 'node:http';
import { Controller, Get, Res } from '@nestjs/common';
import { OpenRoute } from '../access/open-route.decorator.js';
import { Described } from '../openapi/described.decorator.js';
import { ReadinessReader } from '../readiness.reader.js';

/** About ourselves, for orchestrators: without the token, and without anything that an attacker could use. */
@Controller('health')
@OpenRoute()
export class OwnHealthController {
  constructor(private readonly readiness: ReadinessReader) {}

  @Get('live')
  @Described({
    summary: 'Is the process alive?',
    description: 'Answers as long as the main thread does. Anything else is a reason to restart it.',
    answer: 'Liveness',
  })
  live() {
    return { status: 'ok' };
  }

  @Get('ready')
  @Described({
    summary: 'Does it serve traffic?',
    description:
      '200 also when degraded (such as: the store is away, traffic goes on); 503 when it cannot serve.',
    answer: 'Readiness',
    unready: true,
  })
  async ready(@Res({ passthrough: true }) response: ServerResponse) {
    const readiness = await this.readiness.check();
    if (readiness.status === 'error') response.statusCode = 503;
    return readiness;
  }
}
