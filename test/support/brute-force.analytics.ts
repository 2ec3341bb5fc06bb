import { type AccessLogRecord, latencyBucket } from '../../src/common/contract/index.js';
import type {
  AnalyticsAnswer,
  AnalyticsQuery,
  AnalyticsRow,
  AnalyticsStore,
} from '../../src/modules/logging/index.js';

const MINUTE = 60_000;

/** What every store's answers are compared with: counts the records one by one. Keeps all paths and clients by name. */
export class BruteForceAnalytics implements AnalyticsStore {
  constructor(private readonly records: readonly AccessLogRecord[]) {}

  async analyze(query: AnalyticsQuery): Promise<AnalyticsAnswer> {
    const from = Math.floor(query.from / MINUTE) * MINUTE;
    const to = Math.ceil(query.to / MINUTE) * MINUTE;
    const found = this.records.filter(
      (record) => record.time >= from && record.time < to && matches(record, query.filter),
    );
    const groups = firstGroups(found, query);
    const rows = new Map<string, AnalyticsRow>();
    for (const record of found) {
      const start = query.stepMs === null ? from : Math.floor(record.time / query.stepMs) * query.stepMs;
      const value = valueOf(record, query.groupBy);
      const isRest = query.groupBy !== null && !groups.includes(value);
      const key = isRest ? '' : value;
      const place = JSON.stringify([start, key, isRest]);
      const row = rows.get(place) ?? { start, key, isRest, ...nothing() };
      rows.set(place, row);
      count(row, record, query.latency);
    }
    const rank = (row: AnalyticsRow) => (row.isRest ? Infinity : groups.indexOf(row.key));
    const sorted = [...rows.values()].sort((a, b) => a.start - b.start || rank(a) - rank(b));
    return { rows: sorted, source: isInOneCube(query) ? 'rollups' : 'records' };
  }
}

function matches(record: AccessLogRecord, filter: AnalyticsQuery['filter']): boolean {
  const { service, backend, status, statusClass, dropReason, dropped, path, client } = filter;
  return (
    (service === undefined || record.service === service) &&
    (backend === undefined || record.backend === backend) &&
    (status === undefined || record.status === status) &&
    (statusClass === undefined || Math.floor(record.status / 100) === statusClass) &&
    (dropReason === undefined || record.dropReason === dropReason) &&
    (dropped === undefined || (record.dropReason !== null) === dropped) &&
    (path === undefined || cut(record.path) === cut(path)) &&
    (client === undefined || record.client === client)
  );
}

function valueOf(record: AccessLogRecord, dimension: AnalyticsQuery['groupBy']): string {
  if (dimension === null) return '';
  if (dimension === 'statusClass') return String(Math.floor(record.status / 100));
  if (dimension === 'path') return cut(record.path);
  return String(record[dimension] ?? '');
}

function cut(path: string): string {
  return path.slice(0, 256);
}

function firstGroups(records: readonly AccessLogRecord[], query: AnalyticsQuery): string[] {
  const totals = new Map<string, ReturnType<typeof nothing>>();
  for (const record of records) {
    const key = valueOf(record, query.groupBy);
    if (key === '' && (query.groupBy === 'path' || query.groupBy === 'client')) continue;
    const sums = totals.get(key) ?? nothing();
    totals.set(key, sums);
    count(sums, record, false);
  }
  return [...totals]
    .sort(([a, one], [b, other]) => other[query.order] - one[query.order] || (a < b ? -1 : 1))
    .slice(0, query.limit)
    .map(([key]) => key);
}

function nothing() {
  return {
    requests: 0,
    errors: 0,
    drops: 0,
    retries: 0,
    bytesIn: 0,
    bytesOut: 0,
    totalUs: 0,
    latency: new Map<number, number>(),
  };
}

function count(sums: ReturnType<typeof nothing>, record: AccessLogRecord, latency: boolean): void {
  sums.requests += 1;
  if (record.dropReason === null && record.status >= 500) sums.errors += 1;
  if (record.dropReason !== null) sums.drops += 1;
  sums.retries += Math.max(0, record.attempts.length - 1);
  sums.bytesIn += record.bytesIn;
  sums.bytesOut += record.bytesOut;
  if (record.status === 101) return;
  sums.totalUs += record.totalUs;
  if (!latency) return;
  const bucket = latencyBucket(record.totalUs);
  sums.latency.set(bucket, (sums.latency.get(bucket) ?? 0) + 1);
}

/** Whether path and client are each asked for beside the service at most. */
function isInOneCube({ filter, groupBy }: AnalyticsQuery): boolean {
  const asked = new Set<string>([...Object.keys(filter), ...(groupBy === null ? [] : [groupBy])]);
  asked.delete('service');
  return (!asked.has('path') && !asked.has('client')) || asked.size === 1;
}
