import {
  BACKEND_COUNTERS,
  BackendCounter,
  DROP_REASONS,
  type DropReason,
  LATENCY_BUCKETS,
  LEDGER_CELLS,
  LedgerCell,
  latencyBucket,
  type WorkerCells,
} from '../../common/contract/index.js';
import { microseconds } from './access-record.js';
import type { Exchange } from './exchange.js';

/**
 * Keeps this worker's own counters: received = forwarded + dropped by reason + in flight, over everything and per service.
 * An exchange is received when it is made (per service: when its route is found) and leaves once, through `settled`.
 */
export class ExchangeLedger {
  constructor(private readonly cells: WorkerCells) {}

  received(): void {
    this.cells.ledger[LedgerCell.received]! += 1;
  }

  routed(serviceSlot: number): void {
    this.cells.serviceLedger[serviceSlot * LEDGER_CELLS + LedgerCell.received]! += 1;
  }

  settled(exchange: Exchange): void {
    const cell = cellOf(exchange);
    this.cells.ledger[cell]! += 1;
    if (exchange.shadowReason !== null)
      this.cells.shadowDrops[DROP_REASONS[exchange.shadowReason].code]! += 1;
    if (exchange.service === null) return;
    this.cells.serviceLedger[exchange.service.snapshot.slot * LEDGER_CELLS + cell]! += 1;
  }

  /** An exchange that one service would have dropped is served by another: dropped by the first, received by the second. */
  passedOn(fromSlot: number, toSlot: number, reason: DropReason): void {
    const drop = LedgerCell.drops + DROP_REASONS[reason].code;
    this.cells.serviceLedger[fromSlot * LEDGER_CELLS + drop]! += 1;
    this.routed(toSlot);
  }

  attempted(backendSlot: number): void {
    this.cells.backendCounters[backendSlot * BACKEND_COUNTERS + BackendCounter.attempts]! += 1;
  }

  attemptFailed(backendSlot: number): void {
    this.cells.backendCounters[backendSlot * BACKEND_COUNTERS + BackendCounter.failures]! += 1;
  }

  /** The head of a response goes to the client. `attemptUs`: how long its backend took, without what came before. */
  responded(exchange: Exchange, attemptUs: number): void {
    const { cells } = this;
    const row = exchange.backend!.snapshot.slot * BACKEND_COUNTERS;
    const serviceSlot = exchange.service!.snapshot.slot;
    const bucket = latencyBucket(microseconds(exchange.startedMs, exchange.firstByteMs));
    cells.backendCounters[row + BackendCounter.latencyUs]! += attemptUs;
    cells.latency[bucket]! += 1;
    cells.serviceLatency[serviceSlot * LATENCY_BUCKETS + bucket]! += 1;
    if (exchange.status < 500) return;
    cells.backendCounters[row + BackendCounter.serverErrors]! += 1;
    cells.ledger[LedgerCell.serverErrors]! += 1;
    cells.serviceLedger[serviceSlot * LEDGER_CELLS + LedgerCell.serverErrors]! += 1;
  }

  transferred(backendSlot: number, exchange: Exchange): void {
    const row = backendSlot * BACKEND_COUNTERS;
    this.cells.backendCounters[row + BackendCounter.bytesIn]! += exchange.bytesIn;
    this.cells.backendCounters[row + BackendCounter.bytesOut]! += exchange.bytesOut;
  }
}

function cellOf(exchange: Exchange): number {
  if (exchange.dropReason === null) return LedgerCell.forwarded;
  return LedgerCell.drops + DROP_REASONS[exchange.dropReason].code;
}
