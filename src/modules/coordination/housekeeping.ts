import { Inject, Injectable } from '@nestjs/common';
import { LeaseService } from './lease.service.js';
import { ROSTER_STORE, type RosterStore } from './roster-store.js';

const SWEEP_MS = 60_000;
/** Balancers that ended without a word are remembered this long: in the store, their last words can still be read. */
const FORGET_AFTER_MS = 3_600_000;

/** What one balancer does for all that share a store: it removes what those that died have left behind. */
@Injectable()
export class Housekeeping {
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly leases: LeaseService,
    @Inject(ROSTER_STORE) private readonly roster: RosterStore,
  ) {}

  start(): void {
    this.leases.request({
      name: 'housekeeping',
      onAcquired: () => this.begin(),
      onLost: () => this.end(),
    });
  }

  private begin(): void {
    this.sweep();
    this.timer = setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  private end(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  /** What fails is left for the next round. */
  private sweep(): void {
    this.roster.forget(FORGET_AFTER_MS).catch(() => undefined);
  }
}
