import type { Backoff } from '../../../common/backoff.js';
import type { DriverSet } from './driver.set.js';
import { messageOf, type Troubles } from './troubles.js';

/**
 * Has copies started in the background, one request at a time: a start takes seconds where containers are made, and whoever
 * fails meanwhile has to be taken out at once.
 */
export class CopyStarter {
  /** Never rejects; null: nothing is being started. */
  underWay: Promise<void> | null = null;
  private notBefore = 0;

  /** @param settled Called when a request is over, with the milliseconds after which another one makes sense. */
  constructor(
    private readonly drivers: Pick<DriverSet, 'start'>,
    private readonly troubles: Troubles,
    private readonly pauses: Backoff,
    private readonly settled: (pauseMs: number) => void,
  ) {}

  /** Only while nothing is under way. */
  start(count: number): void {
    this.underWay = this.tryStart(count);
  }

  /** Milliseconds until another one may be started, after a failure. */
  waitMs(now: number): number {
    return Math.max(0, this.notBefore - now);
  }

  /** What failed before says nothing about what comes. */
  reset(): void {
    this.notBefore = 0;
  }

  private async tryStart(count: number): Promise<void> {
    let pauseMs = 0;
    try {
      await this.drivers.start(count);
      this.reset();
      this.troubles.clear('start');
    } catch (error) {
      pauseMs = this.pauses.next();
      this.notBefore = Date.now() + pauseMs;
      this.troubles.set('start', `No copy can be started: ${messageOf(error)}`);
    }
    this.underWay = null;
    this.settled(pauseMs);
  }
}
