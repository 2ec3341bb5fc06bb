import {
  BACKEND_COUNTERS,
  BackendCounter,
  DROP_REASONS,
  type DropReason,
  LATENCY_BUCKETS,
  LEDGER_CELLS,
  LedgerCell,
  latencyBucket,
  statusClass,
  TRAFFIC_CELLS,
  TrafficCell,
  type WorkerCells,
} from '../../common/contract/index.js';
import { microseconds } from './access-record.js';
import type { Exchange } from './exchange.js';

/**
 * Keeps this worker's own counters: received = forwarded + dropped by reason + in flight, over everything and per service.
 * An exchange is received when it is made (per service: when its route is found) and leaves once, through `settled`.
 */
export class ExchangeLedger {
  /** Row of the traffic of no service. */
  private readonly unroutedRow: number;

  constructor(private readonly cells: WorkerCells) {
    this.unroutedRow = cells.traffic.services.length - TRAFFIC_CELLS;
  }

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
    const status = TrafficCell.statuses + statusClass(exchange.status);
    if (exchange.service === null) {
      this.cells.traffic.services[this.unroutedRow + status]! += 1;
      return;
    }
    const { slot } = exchange.service.snapshot;
    this.cells.serviceLedger[slot * LEDGER_CELLS + cell]! += 1;
    this.cells.traffic.services[slot * TRAFFIC_CELLS + status]! += 1;
    if (exchange.queuedMs > 0) this.queued(slot, Math.max(1, Math.round(exchange.queuedMs * 1_000)));
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
    const backendSlot = exchange.backend!.snapshot.slot;
    const row = backendSlot * BACKEND_COUNTERS;
    const serviceSlot = exchange.service!.snapshot.slot;
    const latencyUs = microseconds(exchange.startedMs, exchange.firstByteMs);
    const bucket = latencyBucket(latencyUs);
    cells.backendCounters[row + BackendCounter.latencyUs]! += attemptUs;
    cells.backendCounters[row + BackendCounter.statuses + statusClass(exchange.status)]! += 1;
    cells.traffic.backendLatency[backendSlot * LATENCY_BUCKETS + latencyBucket(attemptUs)]! += 1;
    cells.latency[bucket]! += 1;
    cells.serviceLatency[serviceSlot * LATENCY_BUCKETS + bucket]! += 1;
    cells.traffic.services[serviceSlot * TRAFFIC_CELLS + TrafficCell.latencyUs]! += latencyUs;
    if (exchange.status < 500) return;
    cells.backendCounters[row + BackendCounter.serverErrors]! += 1;
    cells.ledger[LedgerCell.serverErrors]! += 1;
    cells.serviceLedger[serviceSlot * LEDGER_CELLS + LedgerCell.serverErrors]! += 1;
  }

  /** A response is thrown away for another try. */
  rejected(backendSlot: number, status: number): void {
    const row = backendSlot * BACKEND_COUNTERS;
    this.cells.backendCounters[row + BackendCounter.statuses + statusClass(status)]! += 1;
  }

  transferred(backendSlot: number, exchange: Exchange): void {
    const row = backendSlot * BACKEND_COUNTERS;
    this.cells.backendCounters[row + BackendCounter.bytesIn]! += exchange.bytesIn;
    this.cells.backendCounters[row + BackendCounter.bytesOut]! += exchange.bytesOut;
  }

  private queued(serviceSlot: number, waitUs: number): void {
    this.cells.traffic.queueWaits[serviceSlot * LATENCY_BUCKETS + latencyBucket(waitUs)]! += 1;
    this.cells.traffic.services[serviceSlot * TRAFFIC_CELLS + TrafficCell.queuedUs]! += waitUs;
  }
}

function cellOf(exchange: Exchange): number {
  if (exchange.dropReason === null) return LedgerCell.forwarded;
  return LedgerCell.drops + DROP_REASONS[exchange.dropReason].code;
}
