import { DROP_REASON_NAMES, DROP_REASONS, LedgerCell } from '../../../common/contract/index.js';
import { STATUS_CLASS_NAMES, type StatusClass } from './event.names.js';
import { perSecond } from './traffic.rates.js';

export type StatusRates = Partial<Record<StatusClass, number>>;

/** What clients were answered in a period, by class. */
export function statusesIn(ledger: Float64Array, periodMs: number): StatusRates {
  const counts = [0, 0, 0, 0, ledger[LedgerCell.serverErrors]!];
  for (const reason of DROP_REASON_NAMES) {
    const { code, status } = DROP_REASONS[reason];
    counts[Math.floor(status / 100) - 1]! += ledger[LedgerCell.drops + code]!;
  }
  const rates: StatusRates = {};
  for (const [index, count] of counts.entries()) {
    if (count > 0) rates[STATUS_CLASS_NAMES[index]!] = perSecond(count, periodMs);
  }
  return rates;
}
