import type { QueryParameter } from './described.decorator.js';
import { CLIENT, OUTCOME } from './query-parameters.js';

const RANGE: readonly QueryParameter[] = [
  {
    name: 'from',
    description:
      'Inclusive. ISO 8601, Unix milliseconds, or relative to now. Default: an hour before `to`. Widened to whole minutes.',
    example: '-24h',
  },
  { name: 'to', description: 'Exclusive, in the same forms. Default: now.', example: '2026-01-31T12:00:00Z' },
];
const FILTERS: readonly QueryParameter[] = [
  ...OUTCOME,
  { name: 'path', description: 'Exactly this path, without the query.', example: '/api/orders' },
  CLIENT,
];
const FORMAT: QueryParameter = {
  name: 'format',
  description: '`json` (default) or `csv`; so does `Accept: text/csv`.',
  example: 'csv',
};
const PERCENTILES: QueryParameter = {
  name: 'percentiles',
  description: 'Percents with commas between, or `off`, which is quicker. Default 50,90,99.',
  example: '50,99,99.9',
};
const STEP: QueryParameter = {
  name: 'step',
  description:
    'Length of a point: minutes or hours that a day can be divided by, or whole days. Default `auto`: at most about 120 points.',
  example: '5m',
};
const LIMIT: QueryParameter = {
  name: 'limit',
  description: 'Groups that are told apart, 1 to 1000; the rest is one group. Default 10.',
  example: '20',
};
const GROUPS: readonly QueryParameter[] = [
  LIMIT,
  {
    name: 'order',
    description:
      'What the groups are ordered by: `requests` (default), `errors`, `drops`, `retries`, `bytesIn`, `bytesOut`.',
    example: 'errors',
  },
];
const groupBy = (whenAbsent: string): QueryParameter => ({
  name: 'groupBy',
  description: `\`service\`, \`backend\`, \`status\`, \`statusClass\`, \`dropReason\`, \`path\` or \`client\`. Default: ${whenAbsent}.`,
  example: 'backend',
});
const BASELINE: QueryParameter = {
  name: 'baseline',
  description: 'Where the range begins that is compared with. Default: the range before.',
  example: '-7d',
};

/** Parameters of the questions on the past. */
export const ANALYTICS_QUERIES = {
  summary: [...RANGE, ...FILTERS, PERCENTILES, FORMAT],
  timeseries: [...RANGE, ...FILTERS, groupBy('everything as one'), STEP, ...GROUPS, PERCENTILES, FORMAT],
  top: [...RANGE, ...FILTERS, groupBy('`path`'), ...GROUPS, PERCENTILES, FORMAT],
  latency: [...RANGE, ...FILTERS, STEP, PERCENTILES, FORMAT],
  drops: [...RANGE, ...FILTERS, STEP, LIMIT, FORMAT],
  compare: [...RANGE, ...FILTERS, BASELINE, groupBy('everything as one'), ...GROUPS, PERCENTILES, FORMAT],
} as const;
