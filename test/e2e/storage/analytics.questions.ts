import {
  latencyBoundUs,
  latencyBucket,
  type AccessLogRecord,
  type HealthLogRecord,
} from '../../../src/common/contract/index.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What the pipelines of docs/analytics.md are asked about. */
export interface Past {
  readonly now: number;
  readonly records: readonly AccessLogRecord[];
  readonly health: readonly HealthLogRecord[];
}
type Row = Record<string, unknown>;
type Key = string | null | object;

interface Groups<T> {
  readonly key: Key;
  readonly items: T[];
}

function groupsOf<T>(items: readonly T[], keyOf: (item: T) => Key): Groups<T>[] {
  const groups = new Map<string, Groups<T>>();
  for (const item of items) {
    const key = keyOf(item);
    const name = JSON.stringify(key);
    const group = groups.get(name) ?? { key, items: [] };
    group.items.push(item);
    groups.set(name, group);
  }
  return [...groups.values()];
}

/** The most first, equal ones by `_id`: as texts, whose order is that of the database for what is in the test. */
function ordered(rows: Row[], field?: string): Row[] {
  const most = (row: Row) => (field === undefined ? 0 : Number(row[field]));
  return rows.toSorted((a, b) => most(b) - most(a) || (textOf(a['_id']) < textOf(b['_id']) ? -1 : 1));
}

/** null sorts before everything in MongoDB. */
function textOf(id: unknown): string {
  return JSON.stringify(id, (_, value: unknown) => value ?? '');
}

function sum<T>(items: readonly T[], valueOf: (item: T) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}

function lastHour({ now, records }: Past): AccessLogRecord[] {
  return records.filter(({ time }) => time >= now - HOUR);
}

/** Of roll-ups by the hour. */
function lastHours({ now, records }: Past): AccessLogRecord[] {
  return records.filter(({ time }) => time - (time % HOUR) >= now - DAY);
}

/** Where the bucket ends that this share of the exchanges lies in, milliseconds. */
function percentileMs(records: readonly AccessLogRecord[], share: number): number {
  const buckets = records.map(({ totalUs }) => latencyBucket(totalUs)).toSorted((a, b) => a - b);
  const bucket = buckets.find((_, index) => index + 1 >= buckets.length * share) as number;
  // Several are in the last bucket that counts: the first of which the sum reaches the share is the one.
  return latencyBoundUs(bucket + 1) / 1000;
}

const timed = (records: readonly AccessLogRecord[]) => records.filter(({ status }) => status !== 101);
const retriesOf = ({ attempts }: AccessLogRecord) => Math.max(0, attempts.length - 1);

/** By the heading that a pipeline stands under: the same answer, counted one by one. */
export const QUESTIONS: Readonly<Record<string, (past: Past) => Row[]>> = {
  'Top paths': (past) =>
    ordered(
      groupsOf(lastHour(past), ({ service, path }) => ({ service, path })).map(({ key, items }) => ({
        _id: key,
        requests: items.length,
        bytesOut: sum(items, (record) => record.bytesOut),
      })),
      'requests',
    ).slice(0, 10),

  'Slowest paths by p99': (past) =>
    ordered(
      groupsOf(timed(lastHours(past)), ({ service, path }) => ({ service: service ?? '', path }))
        .filter(({ items }) => items.length >= 20)
        .map(({ key, items }) => ({ _id: key, requests: items.length, p99Ms: percentileMs(items, 0.99) })),
      'p99Ms',
    ).slice(0, 10),

  'Errors by backend': (past) =>
    ordered(
      groupsOf(
        lastHour(past).filter(({ dropReason, backend }) => dropReason === null && backend !== null),
        ({ service, backend }) => ({ service, backend }),
      )
        .map(({ key, items }) => {
          const errors = items.filter(({ status }) => status >= 500).length;
          return { _id: key, requests: items.length, errors, share: errors / items.length };
        })
        .filter(({ errors }) => errors > 0),
      'errors',
    ),

  'Drops by reason over time': (past) =>
    ordered(
      groupsOf(
        lastHour(past).filter(({ dropReason }) => dropReason !== null),
        ({ time, dropReason }) => ({ start: new Date(time - (time % 300_000)), reason: dropReason }),
      ).map(({ key, items }) => ({ _id: key, drops: items.length })),
    ),

  'Clients by traffic': (past) =>
    ordered(
      groupsOf(lastHour(past), ({ client }) => client).map(({ key, items }) => ({
        _id: key,
        requests: items.length,
        bytes: sum(items, (record) => record.bytesIn + record.bytesOut),
        drops: items.filter(({ dropReason }) => dropReason !== null).length,
      })),
      'bytes',
    ).slice(0, 10),

  'Retries and what they cost': (past) =>
    ordered(
      groupsOf(
        lastHour(past).filter(({ attempts }) => attempts.length > 1),
        ({ service }) => service,
      ).map(({ key, items }) => ({
        _id: key,
        exchanges: items.length,
        retries: sum(items, retriesOf),
        saved: items.filter(({ dropReason, status }) => dropReason === null && status < 500).length,
        lostMs: sum(items, ({ attempts }) => sum(attempts.slice(0, -1), ({ totalUs }) => totalUs) / 1000),
      })),
      'retries',
    ),

  'How attempts failed': (past) =>
    ordered(
      groupsOf(
        lastHour(past).flatMap(({ attempts }) => attempts.filter(({ outcome }) => outcome !== 'ok')),
        ({ backend, outcome }) => ({ backend, outcome }),
      ).map(({ key, items }) => ({ _id: key, attempts: items.length })),
      'attempts',
    ),

  'Health flaps': ({ now, health }) =>
    ordered(
      groupsOf(
        health
          .filter(({ kind, time }) => kind === 'change' && time >= now - DAY)
          .toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1)),
        ({ service, backend }) => ({ service, backend }),
      )
        .map(({ key, items }) => {
          const falls = items.filter(({ passed }) => !passed);
          return {
            _id: key,
            changes: items.length,
            falls: falls.length,
            health: items.at(-1)?.health,
            lastError: falls.at(-1)?.error,
          };
        })
        .filter(({ falls }) => falls >= 2),
      'falls',
    ),

  'Status mix of each service': (past) =>
    ordered(
      groupsOf(lastHours(past), ({ service }) => service ?? '').map(({ key, items }) => ({
        _id: key,
        requests: items.length,
        classes: Object.fromEntries(
          groupsOf(items, ({ status }) => `${Math.floor(status / 100)}xx`).map((group) => [
            group.key,
            group.items.length,
          ]),
        ),
      })),
    ),

  'Bytes by host': (past) =>
    ordered(
      groupsOf(lastHour(past), ({ host }) => host).map(({ key, items }) => ({
        _id: key,
        bytesIn: sum(items, ({ bytesIn }) => bytesIn),
        bytesOut: sum(items, ({ bytesOut }) => bytesOut),
      })),
      'bytesOut',
    ),

  'Slow requests and their decisions': (past) =>
    ordered(
      lastHour(past)
        .filter(({ totalUs, decision }) => totalUs >= 1_000_000 && decision !== null)
        .map(({ id, requestId, service, path, backend, totalUs, queueUs, decision }) => ({
          _id: id,
          requestId,
          service,
          path,
          backend,
          totalUs,
          queueUs,
          cause: decision?.cause,
          picks: decision?.picks.length,
          ...(decision?.picks[0] === undefined ? {} : { rule: decision.picks[0].rule }),
        })),
      'totalUs',
    ).slice(0, 10),

  'Affinity that could not be kept': (past) =>
    ordered(
      groupsOf(
        lastHour(past).filter(({ affinity }) => affinity === 'hit' || affinity === 'fallback'),
        ({ service }) => service,
      ).map(({ key, items }) => {
        const fallbacks = items.filter(({ affinity }) => affinity === 'fallback').length;
        return { _id: key, requests: items.length, fallbacks, share: fallbacks / items.length };
      }),
      'fallbacks',
    ),

  'What a policy in shadow would refuse': (past) =>
    ordered(
      groupsOf(
        lastHour(past).filter(({ shadowReason }) => shadowReason !== null),
        ({ service, shadowReason }) => ({ service, reason: shadowReason }),
      ).map(({ key, items }) => ({
        _id: key,
        requests: items.length,
        clients: new Set(items.map(({ client }) => client)).size,
      })),
      'requests',
    ),

  "A month's chart": ({ now, records }) =>
    ordered(
      groupsOf(
        records.filter(({ time }) => time - (time % DAY) >= now - 30 * DAY),
        ({ time }) => new Date(time - (time % DAY)),
      ).map(({ key, items }) => ({
        _id: key,
        requests: items.length,
        errors: items.filter(({ dropReason, status }) => dropReason === null && status >= 500).length,
        drops: items.filter(({ dropReason }) => dropReason !== null).length,
        bytesOut: sum(items, ({ bytesOut }) => bytesOut),
      })),
    ),

  'Percentiles of each service': (past) =>
    ordered(
      groupsOf(timed(lastHours(past)), ({ service }) => service ?? '').map(({ key, items }) => ({
        _id: key,
        requests: items.length,
        p50Ms: percentileMs(items, 0.5),
        p95Ms: percentileMs(items, 0.95),
        p99Ms: percentileMs(items, 0.99),
      })),
    ),
};
