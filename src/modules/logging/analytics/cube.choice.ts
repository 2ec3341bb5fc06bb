import { VelocityError } from '../../../common/errors/index.js';
import type { AnalyticsFilter, AnalyticsQuery } from './analytics-store.js';
import { wholeMinutes } from './range.pieces.js';
import type { Cube } from './rollup.js';

/** Records that one question may read where no cube can answer it: about a second of a store's time. */
export const MAX_RECORDS_READ = 200_000;
/** Rows that an answer may have. */
const MAX_ROWS = 100_000;

type Dimension = Exclude<keyof AnalyticsFilter, 'dropped'>;

const DIMENSIONS: Readonly<Record<Cube, readonly Dimension[]>> = {
  traffic: ['service', 'backend', 'status', 'statusClass', 'dropReason'],
  paths: ['service', 'path'],
  clients: ['service', 'client'],
};

/** The smallest cube that has every dimension of the question; null: none has, only the records can answer. */
export function cubeFor({ filter, groupBy }: Pick<AnalyticsQuery, 'filter' | 'groupBy'>): Cube | null {
  const { dropped, ...rest } = filter;
  const asked = Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (groupBy !== null) asked.push(groupBy);
  // Whether it was dropped is told by its reason.
  if (dropped !== undefined) asked.push('dropReason');
  const has = (cube: Cube) => asked.every((name) => DIMENSIONS[cube].includes(name as Dimension));
  return (['traffic', 'paths', 'clients'] as const).find(has) ?? null;
}

/** Throws QUERY_TOO_LARGE when the answer could have more rows than anybody can use. */
export function checkRows(query: AnalyticsQuery): void {
  if (query.stepMs === null) return;
  const { from, to } = wholeMinutes(query);
  const buckets = Math.ceil((to - from) / query.stepMs) + 1;
  const rows = buckets * (query.groupBy === null ? 1 : query.limit + 1);
  if (rows <= MAX_ROWS) return;
  throw new VelocityError(
    'QUERY_TOO_LARGE',
    `The answer could have ${rows} rows, ${MAX_ROWS} at most are given: ask for a shorter range, a longer step or fewer groups.`,
  );
}

/** What is said when only the records could answer and they are too many. */
export function tooManyRecords({ filter, groupBy }: AnalyticsQuery): VelocityError {
  const { dropped, ...rest } = filter;
  const asked = new Set([...Object.keys(rest), ...(groupBy === null ? [] : [groupBy])]);
  if (dropped !== undefined) asked.add('dropped');
  const message =
    `Only the records themselves tell about ${[...asked].join(', ')} together, and the range has more than ` +
    `${MAX_RECORDS_READ} of them: ask for a shorter range, or leave out ` +
    `${asked.has('path') && asked.has('client') ? 'path or client' : asked.has('path') ? 'path' : 'client'}.`;
  return new VelocityError('QUERY_TOO_LARGE', message);
}
