import { Injectable } from '@nestjs/common';
import { BalancerRoster } from './balancer.roster.js';
import { Housekeeping } from './housekeeping.js';
import { LeaseService } from './lease.service.js';

/** This balancer's part in a group of several. */
@Injectable()
export class Coordination {
  constructor(
    private readonly roster: BalancerRoster,
    private readonly leases: LeaseService,
    private readonly housekeeping: Housekeeping,
  ) {}

  /** Once the store has been opened and the balancer serves. */
  start(): void {
    this.roster.start();
    this.housekeeping.start();
  }

  /** Hands over to the others, at the begin of a drain: it is still seen, and no longer does what only one may do. */
  handOver(): Promise<void> {
    return this.leases.stop();
  }

  async stop(): Promise<void> {
    await this.handOver();
    await this.roster.stop();
  }
}
