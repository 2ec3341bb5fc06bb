import { ConnectionCell, type ListenerSettings, type WorkerCells } from '../../../common/contract/index.js';
import type { AddressCounts } from './address-counts.js';

/** What becomes of a new connection: it is served, it waits until others leave, or it is closed at once. */
export type Admission = 'serve' | 'wait' | 'refuse';

export type ConnectionLimits = Pick<ListenerSettings, 'maxConnections' | 'maxConnectionsPerAddress'>;

/** A worker's part of a listener. */
export interface ListenerShare {
  /** Workers that listen, this one included. */
  readonly workers: number;
  readonly cells: Pick<WorkerCells, 'connections'>;
}

/**
 * Decides at accept about a listener's connections in one worker. Of all connections together each worker serves an equal
 * share, rounded up; of one address all workers count together, so that its limit holds exactly.
 *
 * Each admission is taken back once: `serve` by `release`, `wait` by what the {@link WaitingRoom} does with it.
 */
export class ConnectionGate {
  /** Connections that this worker serves at a time. */
  readonly share: number;
  private readonly perAddress: number;
  private readonly cells: Float64Array;
  private served = 0;
  private waiting = 0;

  constructor(
    limits: ConnectionLimits,
    { workers, cells }: ListenerShare,
    private readonly counts: AddressCounts,
  ) {
    this.share = Math.ceil(limits.maxConnections / workers);
    this.perAddress = limits.maxConnectionsPerAddress;
    this.cells = cells.connections;
  }

  /** Connections served now. */
  get open(): number {
    return this.served;
  }

  /** @param address The peer's, as the socket says it; empty for one that is gone already. */
  admit(address: string): Admission {
    this.cells[ConnectionCell.accepted]! += 1;
    if (this.perAddress > 0 && this.counts.add(address) > this.perAddress) {
      this.counts.remove(address);
      this.cells[ConnectionCell.addressRefusals]! += 1;
      return 'refuse';
    }
    // Who comes now must not pass those who wait.
    if (this.waiting === 0 && this.served < this.share) {
      this.count(1);
      return 'serve';
    }
    this.countWaiting(1);
    return 'wait';
  }

  /** One that is blocked is closed before it is admitted. */
  refuseBlocked(): void {
    this.cells[ConnectionCell.accepted]! += 1;
    this.cells[ConnectionCell.blockedRefusals]! += 1;
  }

  /** A served connection is gone. */
  release(address: string): void {
    this.count(-1);
    this.uncount(address);
  }

  /** One that waits shall be served; false: nothing is free. */
  promote(): boolean {
    if (this.served >= this.share) return false;
    this.countWaiting(-1);
    this.count(1);
    return true;
  }

  /** One that waited is gone. */
  abandon(address: string): void {
    this.countWaiting(-1);
    this.uncount(address);
  }

  /** One that should wait is closed, as too many do already. */
  turnAway(address: string): void {
    this.abandon(address);
    this.cells[ConnectionCell.roomRefusals]! += 1;
  }

  private uncount(address: string): void {
    if (this.perAddress > 0) this.counts.remove(address);
  }

  private count(change: 1 | -1): void {
    this.served += change;
    this.cells[ConnectionCell.open]! += change;
  }

  private countWaiting(change: 1 | -1): void {
    this.waiting += change;
    this.cells[ConnectionCell.waiting]! += change;
  }
}
