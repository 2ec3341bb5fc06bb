import { STATUS_CLASSES, TrafficCell } from '../../../common/contract/index.js';
import { STATUS_CLASS_NAMES, type StatusClass } from './event.names.js';
import { perSecond } from './traffic.rates.js';

export type StatusRates = Partial<Record<StatusClass, number>>;

/** What clients were answered in a period, by class; only classes that occurred. `traffic`: a row of traffic cells. */
export function statusesIn(traffic: Float64Array, periodMs: number): StatusRates {
  const rates: StatusRates = {};
  for (const [index, name] of STATUS_CLASS_NAMES.entries()) {
    const count = traffic[TrafficCell.statuses + index]!;
    if (count > 0) rates[name] = perSecond(count, periodMs);
  }
  return rates;
}

/** Adds the classes of one row of traffic cells to those of another. */
export function addStatuses(to: Float64Array, traffic: Float64Array): void {
  for (let cell: number = TrafficCell.statuses; cell < TrafficCell.statuses + STATUS_CLASSES; cell++)
    to[cell]! += traffic[cell]!;
}
