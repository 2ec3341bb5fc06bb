import type { AccessLogRecord } from '../../src/common/contract/index.js';
import { VelocityError } from '../../src/common/errors/index.js';
import type { Consignment, ConsignmentStore, Rollup } from '../../src/modules/logging/log-store.js';
import { MemoryLogStore } from './memory-log.store.js';

export interface MemoryConsignmentOptions {
  readonly maxInFlight?: number;
  readonly isAtomic?: boolean;
}

/**
 * A store of consignments in memory that outlives who uses it. Without atomicity it adds roll-ups one by one, each with the
 * sequence that it was added under, and may be stopped in the middle.
 */
export class MemoryConsignmentStore implements ConsignmentStore {
  readonly maxInFlight: number;
  readonly isAtomic: boolean;
  /** Where records go: can be sent away, held and poisoned. */
  readonly log = new MemoryLogStore<AccessLogRecord>();
  readonly deliveries: Consignment[] = [];
  /** Roll-ups that are still added before the store goes away; Infinity: all. */
  rollupsLeft = Infinity;
  private readonly requests = new Map<string, { sequence: number; requests: number }>();
  private readonly done = new Map<string, number>();

  constructor({ maxInFlight = 1, isAtomic = true }: MemoryConsignmentOptions = {}) {
    this.maxInFlight = maxInFlight;
    this.isAtomic = isAtomic;
  }

  /** Requests by roll-up, over everything that was delivered. */
  get counted(): number {
    return [...this.requests.values()].reduce((sum, { requests }) => sum + requests, 0);
  }

  async deliver(consignment: Consignment, before: Promise<void> = Promise.resolve()): Promise<void> {
    const { source, sequence, records, rollups } = consignment;
    this.deliveries.push(consignment);
    const isKnown = (this.done.get(source) ?? 0) >= sequence;
    if (!isKnown || !this.isAtomic) await this.log.append(records);
    await before;
    if (isKnown && this.isAtomic) return;
    for (const rollup of rollups) this.add(source, sequence, rollup);
    this.done.set(source, Math.max(sequence, this.done.get(source) ?? 0));
  }

  append(records: readonly AccessLogRecord[]): Promise<void> {
    return this.log.append(records);
  }

  async settle(): Promise<void> {}

  private add(source: string, sequence: number, rollup: Rollup): void {
    const { cube, resolution, start, service, backend, status, dropReason, path, client } = rollup;
    if (cube !== 'traffic' || resolution !== 'minute') return;
    const key = [source, start, service, backend, status, dropReason, path, client].join(' ');
    const known = this.requests.get(key) ?? { sequence: 0, requests: 0 };
    if (known.sequence >= sequence) return;
    if (this.rollupsLeft-- <= 0) {
      this.log.goAway();
      throw new VelocityError('STORE_UNAVAILABLE', 'The store went away while roll-ups were added.');
    }
    this.requests.set(key, { sequence, requests: known.requests + rollup.requests });
  }
}
