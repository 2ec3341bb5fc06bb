import type { HealthConfig } from '../../../common/config/index.js';

type StatusRanges = HealthConfig['status'];

export function isStatusAccepted(status: number, ranges: StatusRanges): boolean {
  return ranges.some(({ from, to }) => status >= from && status <= to);
}

/** As it is written in YAML: `200-299, 404`. */
export function describeStatusRanges(ranges: StatusRanges): string {
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}
