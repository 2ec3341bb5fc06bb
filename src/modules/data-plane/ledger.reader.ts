import {
  DROP_REASON_NAMES,
  DROP_REASONS,
  type DropReason,
  LEDGER_CELLS,
  LedgerCell,
  type SharedMemory,
} from '../../common/contract/index.js';

/** What came in and what became of it: `received = forwarded + dropped + inFlight`, at any moment. */
export interface LedgerTotals {
  readonly received: number;
  readonly forwarded: number;
  readonly dropped: number;
  readonly inFlight: number;
  /** Only reasons that occurred. */
  readonly droppedByReason: Readonly<Partial<Record<DropReason, number>>>;
}

/** Sums the workers' own counters. Reading costs the workers nothing. */
export class LedgerReader {
  constructor(private readonly memory: SharedMemory) {}

  totals(): LedgerTotals {
    return this.sum((worker) => this.memory.workers[worker]!.ledger, 0);
  }

  /** Of one service: `received` counts from the moment its route was found. */
  service(slot: number): LedgerTotals {
    return this.sum((worker) => this.memory.workers[worker]!.serviceLedger, slot * LEDGER_CELLS);
  }

  private sum(cellsOf: (worker: number) => Float64Array, row: number): LedgerTotals {
    const sums = new Float64Array(LEDGER_CELLS);
    for (let worker = 0; worker < this.memory.workers.length; worker++) {
      const cells = cellsOf(worker);
      for (let cell = 0; cell < LEDGER_CELLS; cell++) sums[cell]! += cells[row + cell]!;
    }
    return totalsOf(sums);
  }
}

function totalsOf(sums: Float64Array): LedgerTotals {
  const droppedByReason: Partial<Record<DropReason, number>> = {};
  let dropped = 0;
  for (const reason of DROP_REASON_NAMES) {
    const count = sums[LedgerCell.drops + DROP_REASONS[reason].code]!;
    if (count > 0) droppedByReason[reason] = count;
    dropped += count;
  }
  const received = sums[LedgerCell.received]!;
  const forwarded = sums[LedgerCell.forwarded]!;
  return { received, forwarded, dropped, inFlight: received - forwarded - dropped, droppedByReason };
}
