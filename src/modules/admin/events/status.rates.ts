import { STATUS_CLASSES, TRAFFIC_CELLS, TrafficCell } from '../../../common/contract/index.js';
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

/** A row in which those of several services are added up. */
export class StatusSum {
  readonly cells = new Float64Array(TRAFFIC_CELLS);

  add(traffic: Float64Array): void {
    for (let index = 0; index < STATUS_CLASSES; index++) {
      this.cells[TrafficCell.statuses + index]! += traffic[TrafficCell.statuses + index]!;
    }
  }
}
