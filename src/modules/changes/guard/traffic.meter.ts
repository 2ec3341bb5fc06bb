import {
  DROP_REASON_NAMES,
  DROP_REASONS,
  LATENCY_BUCKETS,
  LEDGER_CELLS,
  LedgerCell,
  type SharedMemory,
} from '../../../common/contract/index.js';
import { TRAFFIC_CELLS, TrafficCell, type TrafficRow } from './traffic.js';

const REASONS = DROP_REASON_NAMES.map((name) => DROP_REASONS[name]);
const FIRST_SERVER_ERROR = 500;

/** Sums the workers' counters into readings. Costs the workers nothing. */
export class TrafficMeter {
  constructor(private readonly memory: SharedMemory) {}

  all(): TrafficRow {
    const row: TrafficRow = new Float64Array(TRAFFIC_CELLS);
    for (const own of this.memory.workers) {
      addLedger(row, own.ledger, 0);
      addLatency(row, own.latency, 0);
    }
    return row;
  }

  service(slot: number): TrafficRow {
    const row: TrafficRow = new Float64Array(TRAFFIC_CELLS);
    for (const own of this.memory.workers) {
      addLedger(row, own.serviceLedger, slot * LEDGER_CELLS);
      addLatency(row, own.serviceLatency, slot * LATENCY_BUCKETS);
    }
    return row;
  }

  /** Exchanges ever routed to a service: whether a reading can have changed, for a fraction of its price. */
  routedTo(slot: number): number {
    let routed = 0;
    for (const own of this.memory.workers) {
      routed += own.serviceLedger[slot * LEDGER_CELLS + LedgerCell.received]!;
    }
    return routed;
  }
}

function addLedger(row: TrafficRow, ledger: Float64Array, at: number): void {
  row[TrafficCell.errors]! += ledger[at + LedgerCell.serverErrors]!;
  for (const { code, status } of REASONS) {
    const drops = ledger[at + LedgerCell.drops + code]!;
    row[TrafficCell.drops]! += drops;
    if (status >= FIRST_SERVER_ERROR) row[TrafficCell.errors]! += drops;
  }
}

function addLatency(row: TrafficRow, latency: Float64Array, at: number): void {
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
    row[TrafficCell.latency + bucket]! += latency[at + bucket]!;
  }
}
