import type { AnalyticsQuery, AnalyticsRow } from './analytics-store.js';
import { wholeMinutes } from './range.pieces.js';
import type { RollupSums } from './rollup.js';
import { SumsCell } from './sums.cell.js';

/** Key of what belongs to no group that is shown. */
const REST = null;

/** Brings sums, in any order, into the rows of an answer. Which groups are shown is known before. */
export class AnswerAssembler {
  private readonly buckets = new Map<number, Map<string | typeof REST, SumsCell>>();
  private readonly rank: ReadonlyMap<string, number>;
  private readonly start: number;

  constructor(
    private readonly query: AnalyticsQuery,
    /** In their order; empty without `groupBy`. */
    groups: readonly string[],
  ) {
    this.rank = new Map(groups.map((key, index) => [key, index]));
    this.start = wholeMinutes(query).from;
  }

  add(time: number, key: string, sums: Readonly<RollupSums>): void {
    this.cell(time, key).add(sums);
  }

  /** Where the sums of a time and a group go. `key` is ignored without `groupBy`. */
  cell(time: number, key: string): SumsCell {
    const { stepMs, groupBy, latency } = this.query;
    const start = stepMs === null ? this.start : Math.floor(time / stepMs) * stepMs;
    let groups = this.buckets.get(start);
    if (groups === undefined) {
      groups = new Map();
      this.buckets.set(start, groups);
    }
    const group = groupBy === null ? '' : this.rank.has(key) ? key : REST;
    let cell = groups.get(group);
    if (cell === undefined) {
      cell = new SumsCell(latency);
      groups.set(group, cell);
    }
    return cell;
  }

  rows(): AnalyticsRow[] {
    const rankOf = (key: string | typeof REST) => (key === REST ? Infinity : (this.rank.get(key) ?? 0));
    return [...this.buckets]
      .sort(([a], [b]) => a - b)
      .flatMap(([start, groups]) =>
        [...groups]
          .sort(([a], [b]) => rankOf(a) - rankOf(b))
          .map(([key, cell]) => ({ start, key: key ?? '', isRest: key === REST, ...cell.sums() })),
      );
  }
}

/**
 * The first groups by their totals over the whole range, the most first; equal ones by their key. The empty path and
 * client are no groups: they are what has no name of its own.
 */
export function firstGroups(
  totals: ReadonlyMap<string, number>,
  { groupBy, limit }: Pick<AnalyticsQuery, 'groupBy' | 'limit'>,
): string[] {
  const hasRest = groupBy === 'path' || groupBy === 'client';
  return [...totals]
    .filter(([key]) => !(hasRest && key === ''))
    .sort(([a, most], [b, other]) => other - most || (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([key]) => key);
}
