import {
  DROP_REASON_NAMES,
  DROP_REASONS,
  LATENCY_BUCKETS,
  LEDGER_CELLS,
  LedgerCell,
  latencyPercentileUs,
  RETRY_COUNTERS,
  TRAFFIC_CELLS,
} from '../../../common/contract/index.js';
import { CounterWindow } from '../../metrics/index.js';
import type { Drops, OverviewLatency } from '../resources/event.resource.js';

/** Per second, one digit behind the point: more would only make events longer. */
export function perSecond(count: number, periodMs: number): number {
  return periodMs <= 0 ? 0 : Math.round((count * 10_000) / periodMs) / 10;
}

/** What is counted of exchanges, of everything or of one service. */
export class ExchangeWindow {
  readonly ledger = new CounterWindow(LEDGER_CELLS);
  readonly latency = new CounterWindow(LATENCY_BUCKETS);
  readonly retries = new CounterWindow(RETRY_COUNTERS);
  readonly traffic = new CounterWindow(TRAFFIC_CELLS);
}

/** Drops by reason, per second; only those that occurred. */
export function dropsIn(ledger: Float64Array, periodMs: number): Drops {
  const drops: Drops = {};
  for (const reason of DROP_REASON_NAMES) {
    const count = ledger[LedgerCell.drops + DROP_REASONS[reason].code]!;
    if (count > 0) drops[reason] = perSecond(count, periodMs);
  }
  return drops;
}

export function droppedIn(ledger: Float64Array): number {
  let dropped = 0;
  for (const reason of DROP_REASON_NAMES) dropped += ledger[LedgerCell.drops + DROP_REASONS[reason].code]!;
  return dropped;
}

/** Begun and not ended. */
export function openIn(ledger: Float64Array): number {
  const ended = ledger[LedgerCell.forwarded]! + droppedIn(ledger);
  return Math.max(0, ledger[LedgerCell.received]! - ended);
}

export function latencyIn(histogram: Float64Array): OverviewLatency {
  let count = 0;
  for (const responses of histogram) count += responses;
  return {
    count,
    p50Us: latencyPercentileUs(histogram, 0.5),
    p90Us: latencyPercentileUs(histogram, 0.9),
    p99Us: latencyPercentileUs(histogram, 0.99),
  };
}
