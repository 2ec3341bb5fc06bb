import {
  type PolicyEvent,
  SharedLimitCell,
  SharedLimitState,
  type SharedMemory,
} from '../../common/contract/index.js';
import { withoutCredentials } from '../../common/secrets/index.js';
import type { PolicyEvents } from './policy-events.js';

/** Rate limits that several balancers share, over all workers. */
export interface SharedLimitsStatus {
  /** `off`: no Redis is configured. `idle`: no rule needs it. `away`: a worker at least counts alone. */
  readonly state: 'off' | 'idle' | 'up' | 'away';
  /** Unix milliseconds since when it is so. */
  readonly since: number;
  /** Why it is away; empty: it is not. Holds no secret. */
  readonly error: string;
  /** Exchanges that asked Redis. */
  readonly asked: number;
  /** Of these, those that it refused. */
  readonly refused: number;
  /** Exchanges that a shared rule applied to and that this balancer decided alone. */
  readonly alone: number;
}

/** Knows how the workers stand to Redis: their cells say it, their events when to look. */
export class SharedLimitsMonitor {
  private readonly listeners: ((status: SharedLimitsStatus) => void)[] = [];
  private state: SharedLimitsStatus['state'];
  private since = Date.now();
  private error = '';

  constructor(
    private readonly memory: SharedMemory,
    events: PolicyEvents,
    private readonly hasRedis: boolean,
  ) {
    this.state = this.present();
    events.onEvent((event) => this.accept(event));
  }

  /** Calls back once for each change of the state, however many workers see it. */
  onChange(listener: (status: SharedLimitsStatus) => void): void {
    this.listeners.push(listener);
  }

  /** The state is that of the last event; the counts are of now. */
  status(): SharedLimitsStatus {
    return {
      state: this.state,
      since: this.since,
      error: this.error,
      asked: this.sum(SharedLimitCell.asked),
      refused: this.sum(SharedLimitCell.refused),
      alone: this.sum(SharedLimitCell.alone),
    };
  }

  private accept(event: PolicyEvent): void {
    if (event.kind !== 'shared-limits') return;
    if (event.state === SharedLimitState.away) this.error = withoutCredentials(event.reason);
    if (!this.look()) return;
    const status = this.status();
    for (const listener of this.listeners) listener(status);
  }

  /** Whether the state is another one than when it was last looked at. */
  private look(): boolean {
    const present = this.present();
    if (present !== 'away') this.error = '';
    if (present === this.state) return false;
    this.state = present;
    this.since = Date.now();
    return true;
  }

  private present(): SharedLimitsStatus['state'] {
    if (!this.hasRedis) return 'off';
    const states = this.memory.workers.map(({ sharedLimits }) => sharedLimits[SharedLimitCell.state]);
    if (states.includes(SharedLimitState.away)) return 'away';
    return states.includes(SharedLimitState.up) ? 'up' : 'idle';
  }

  private sum(cell: number): number {
    return this.memory.workers.reduce((sum, { sharedLimits }) => sum + sharedLimits[cell]!, 0);
  }
}
