import {
  MAX_PATH_CHARACTERS,
  type AnalyticsFilter,
  type Cube,
  type RangePiece,
} from '../../logging/log-store.js';
import { accessLogFilter } from './log-filters.js';

type Condition = Record<string, unknown>;

/** Which roll-ups a question is about; values stand behind operators only, as in log filters. */
export function rollupConditions(
  cube: Cube,
  pieces: readonly RangePiece[],
  filter: AnalyticsFilter,
): Condition {
  const { service, backend, status, statusClass, dropReason, dropped, client } = filter;
  const path = filter.path?.slice(0, MAX_PATH_CHARACTERS);
  const conditions: Condition[] = Object.entries({ service, backend, status, dropReason, path, client })
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => ({ [field]: { $eq: value } }));
  if (statusClass !== undefined) {
    conditions.push({ status: { $gte: statusClass * 100, $lt: (statusClass + 1) * 100 } });
  }
  if (dropped !== undefined) conditions.push({ dropReason: dropped ? { $ne: '' } : { $eq: '' } });
  // The cube in every branch: each is one stretch of the index.
  const times = pieces.map(({ resolution, from, to }) => ({
    cube,
    resolution,
    start: { $gte: new Date(from), $lt: new Date(to) },
  }));
  return { $and: [{ $or: times }, ...conditions] };
}

/** The same for the records themselves. */
export function recordConditions(
  filter: AnalyticsFilter,
  range: { readonly from: number; readonly to: number },
): Condition {
  const { path, ...rest } = filter;
  const conditions = accessLogFilter({ ...rest, ...range });
  if (path !== undefined) {
    const isCut = path.length >= MAX_PATH_CHARACTERS;
    conditions.push(
      ...(isCut
        ? accessLogFilter({ pathPrefix: path.slice(0, MAX_PATH_CHARACTERS) })
        : [{ path: { $eq: path } }]),
    );
  }
  return { $and: conditions };
}
