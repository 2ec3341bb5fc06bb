import { DROP_REASON_NAMES, DROP_REASONS, LedgerCell } from '../../common/contract/index.js';
import type { PublishedService } from '../data-plane/index.js';
import type { WorkerSums } from './worker.sums.js';

/** Cells of the ledger that count drops, in the order of `DROP_REASON_NAMES`. */
export const DROP_CELLS: readonly number[] = DROP_REASON_NAMES.map(
  (reason) => LedgerCell.drops + DROP_REASONS[reason].code,
);

/**
 * How many drops belong to a service, those included that have been removed since. A slot's counters are cleared when
 * another service gets it, so what a removed service had counted is kept here from its last look on.
 */
export class RoutedDrops {
  /** Slot to name. */
  private alive = new Map<number, string>();
  /** Slots of removed services that nobody else has got yet, with what was last seen in them. */
  private readonly retired = new Map<number, Float64Array>();
  private readonly settled = new Float64Array(DROP_CELLS.length);

  constructor(private readonly sums: WorkerSums) {}

  follow(services: readonly PublishedService[]): void {
    const alive = new Map(services.map(({ snapshot }) => [snapshot.slot, snapshot.name]));
    for (const [slot, seen] of this.retired) {
      if (!alive.has(slot)) continue;
      seen.forEach((drops, index) => (this.settled[index]! += drops));
      this.retired.delete(slot);
    }
    for (const slot of this.alive.keys()) if (!alive.has(slot)) this.retired.set(slot, this.look(slot));
    this.alive = alive;
  }

  /** Of each reason, over all services that ever were. */
  totals(): Float64Array {
    const totals = Float64Array.from(this.settled);
    for (const [slot, seen] of this.retired) {
      // Exchanges that run on after the removal still count; once the slot is cleared, what was seen stands.
      this.look(slot).forEach((drops, index) => (seen[index] = Math.max(seen[index]!, drops)));
      seen.forEach((drops, index) => (totals[index]! += drops));
    }
    for (const slot of this.alive.keys())
      this.look(slot).forEach((drops, index) => (totals[index]! += drops));
    return totals;
  }

  private look(slot: number): Float64Array {
    return Float64Array.from(DROP_CELLS, (cell) => this.sums.at(slot, cell));
  }
}
