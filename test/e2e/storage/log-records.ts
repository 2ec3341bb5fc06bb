import {
  ALGORITHM_NAMES,
  DROP_REASON_NAMES,
  HEALTH_STATES,
  RecordIdSource,
  type AccessLogRecord,
  AUDIT_OUTCOMES,
  type AuditLogRecord,
  type HealthLogRecord,
  ROLES,
  SCALING_LOG_KINDS,
  type ScalingLogRecord,
} from '../../../src/common/contract/index.js';
import type {
  AccessLogFilter,
  AuditLogFilter,
  HealthLogFilter,
  ScalingLogFilter,
} from '../../../src/modules/logging/index.js';
import { RandomRecords } from '../../support/random-records.js';

export const START = 1_700_000_000_000;

/** Values that would mean something to a careless query. */
export const HOSTILE = [
  `'; DROP TABLE access_logs; --`,
  `"quoted" and \\back\\slash`,
  '{"$gt":""}',
  '$where',
  'this.status == 200',
  '/100%_/',
  '/_',
  '.*',
  '/nul\0inside',
  '/caf\u00c3\u00a9\u00ff',
  '/emoji/😀',
  '/last/\u{10ffff}',
  '',
] as const;

const PATHS = ['/', '/a', '/a/b', '/a/b/c', '/ab', '/b', ...HOSTILE];

/** Records whose values repeat, so that every filter finds some and not all; several share one millisecond. */
export class LogRecords {
  private readonly ids = new RecordIdSource();

  constructor(private readonly random: RandomRecords) {}

  access(changes: Partial<AccessLogRecord> = {}): AccessLogRecord {
    const { random } = this;
    const time = START + random.integer(500);
    const dropReason = random.one([null, null, random.one(DROP_REASON_NAMES)]);
    return {
      id: this.ids.next(time),
      time,
      requestId: `req-${random.integer(100)}`,
      service: random.one(['shop', 'api', null, ...HOSTILE]),
      host: 'shop.test',
      method: random.one(['GET', 'POST', `X'"`]),
      path: random.one(PATHS),
      query: random.latin1(8),
      protocol: 'HTTP/1.1',
      status: random.one([200, 204, 301, 404, 499, 500, 503, 599]),
      dropReason,
      shadowReason: random.one([null, null, 'rate_limited']),
      fallbackFrom: random.one([null, null, 'shop']),
      decision: random.one([null, random.decisions.decision()]),
      ...random.trace(),
      client: random.one(['10.0.0.1', '10.0.0.2', '2001:db8::7', "' OR 1=1"]),
      backend: random.one([null, '00112233445566aa', '00112233445566bb']),
      attempts: Array.from({ length: random.integer(3) }, () => random.attempt()),
      bytesIn: random.integer(1e9),
      bytesOut: Number.MAX_SAFE_INTEGER - random.integer(5),
      totalUs: random.integer(1e6),
      queueUs: 0,
      connectUs: random.integer(1e4),
      firstByteUs: random.integer(1e5),
      affinity: random.one(['none', 'hit']),
      algorithm: random.one([null, ...ALGORITHM_NAMES]),
      userAgent: random.one(HOSTILE),
      referer: random.latin1(12),
      worker: random.integer(4),
      lane: 'http',
      generation: random.integer(9),
      group: random.one([null, 'canary']),
      headers: random.one([null, { 'x-tenant': 'shop', 'x-a.b': '\u00ff', $x: '' }]),
      ...changes,
    };
  }

  health(changes: Partial<HealthLogRecord> = {}): HealthLogRecord {
    const { random } = this;
    const time = START + random.integer(500);
    return {
      id: this.ids.next(time),
      time,
      kind: random.one(['probe', 'probe', 'change']),
      service: random.one(['shop', 'api', ...HOSTILE]),
      backend: random.one(['00112233445566aa', '00112233445566bb']),
      url: 'http://127.0.0.1:1',
      passed: random.integer(2) === 1,
      health: random.one(HEALTH_STATES),
      previous: random.one(HEALTH_STATES),
      status: random.one([0, 200, 503]),
      durationUs: random.integer(1e6),
      error: random.one(['', ...HOSTILE]),
      ...changes,
    };
  }

  audit(): AuditLogRecord {
    const { random } = this;
    const time = START + random.integer(500);
    const method = random.one(['GET', 'POST', 'DELETE']);
    return {
      id: this.ids.next(time),
      time,
      actor: random.one(['', 'jane', 'ci-deploy', ...HOSTILE]),
      role: random.one([null, ...ROLES]),
      tokenId: random.one([null, random.hex(12)]),
      address: '127.0.0.1',
      action: `${method} ${random.one(['/api/v1/services', '/api/v1/services/:name', ...HOSTILE])}`,
      resource: random.one(PATHS),
      outcome: random.one(AUDIT_OUTCOMES),
      status: random.one([0, 201, 401, 503]),
      code: random.one(['', 'UNAUTHENTICATED']),
      revision: random.one([null, random.integer(1e6)]),
      note: random.one(HOSTILE),
      requestId: random.hex(8),
      count: 1 + random.integer(1e6),
    };
  }

  scaling(changes: Partial<ScalingLogRecord> = {}): ScalingLogRecord {
    const { random } = this;
    const time = START + random.integer(500);
    return {
      id: this.ids.next(time),
      time,
      service: random.one(['shop', 'api', ...HOSTILE]),
      kind: random.one(SCALING_LOG_KINDS),
      current: random.integer(20),
      desired: random.one([null, 0, random.integer(20)]),
      backend: random.one([null, '00112233445566aa']),
      instance: random.one(['', '4711-1700000000', ...HOSTILE]),
      metric: random.one([null, 'inFlight', 'p95Ms']),
      metrics: random.one<Record<string, number>>([
        {},
        { inFlight: random.integer(500), cpu: 0.71 },
        { 'a.b': 1, $x: 2.5 },
      ]),
      limits: random.one([[], ['step'], ['tolerance', 'max']]),
      reason: random.one(['', '24 in flight for 2 backends', ...HOSTILE]),
      ...changes,
    };
  }
}

/** Newest first, as every answer is. */
export function newestFirst<T extends { readonly time: number; readonly id: string }>(
  records: readonly T[],
): T[] {
  return records.toSorted((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1));
}

/** The filter as anybody would write it: what the stores are compared with. */
export function matchesAccess(record: AccessLogRecord, filter: AccessLogFilter): boolean {
  const { statusClass, dropped, pathPrefix, from, to, ...equal } = filter;
  return (
    Object.entries(equal).every(([field, value]) => record[field as keyof AccessLogRecord] === value) &&
    (statusClass === undefined || Math.floor(record.status / 100) === statusClass) &&
    (dropped === undefined || (record.dropReason !== null) === dropped) &&
    (pathPrefix === undefined || record.path.startsWith(pathPrefix)) &&
    within(record.time, from, to)
  );
}

export function matchesHealth(record: HealthLogRecord, filter: HealthLogFilter): boolean {
  const { from, to, ...equal } = filter;
  return (
    Object.entries(equal).every(([field, value]) => record[field as keyof HealthLogRecord] === value) &&
    within(record.time, from, to)
  );
}

export function matchesAudit(record: AuditLogRecord, filter: AuditLogFilter): boolean {
  const { actionPrefix = '', from, to, ...equal } = filter;
  return (
    Object.entries(equal).every(([field, value]) => record[field as keyof AuditLogRecord] === value) &&
    record.action.startsWith(actionPrefix) &&
    within(record.time, from, to)
  );
}

function within(time: number, from = -Infinity, to = Infinity): boolean {
  return time >= from && time < to;
}

/** Filters of every kind, alone and combined, also ones that nothing matches. */
export function accessFilters(random: RandomRecords): AccessLogFilter[] {
  const single: AccessLogFilter[] = [
    {},
    ...['shop', 'nobody', ...HOSTILE].map((service) => ({ service })),
    ...['10.0.0.1', "' OR 1=1"].map((client) => ({ client })),
    ...['', '/', '/a', '/a/', '/ab', '/zzz', '%', '_', ...HOSTILE].map((pathPrefix) => ({ pathPrefix })),
    ...[200, 404, 418].map((status) => ({ status })),
    ...[1, 2, 4, 5].map((statusClass) => ({ statusClass })),
    ...[true, false].map((dropped) => ({ dropped })),
    { dropReason: 'no_backend' },
    { backend: '00112233445566aa' },
    { method: 'POST' },
    { method: `X'"` },
    { requestId: 'req-7' },
    { from: START + 100 },
    { to: START + 100 },
    { from: START + 100, to: START + 101 },
    { from: START + 600 },
  ];
  const combined = Array.from({ length: 40 }, () => ({
    ...random.one(single),
    ...random.one(single),
    ...random.one(single),
  }));
  return [...single, ...combined];
}

export function matchesScaling(record: ScalingLogRecord, { from, to, ...equal }: ScalingLogFilter): boolean {
  return (
    Object.entries(equal).every(([field, value]) => record[field as keyof ScalingLogRecord] === value) &&
    record.time >= (from ?? 0) &&
    record.time < (to ?? Infinity)
  );
}
