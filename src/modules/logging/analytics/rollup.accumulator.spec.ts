import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AccessLogRecord, latencyBucket } from '../../../common/contract/index.js';
import { CUBES, type Cube, RESOLUTIONS, RESOLUTION_MS, type Rollup } from './rollup.js';
import { RollupAccumulator } from './rollup.accumulator.js';

const START = 1_700_000_000_000;
let made = 0;

function record(changes: Partial<AccessLogRecord> = {}): AccessLogRecord {
  return {
    id: (++made).toString(16).padStart(24, '0'),
    time: START,
    requestId: '',
    service: 'shop',
    host: 'shop.test',
    method: 'GET',
    path: '/',
    query: '',
    protocol: 'HTTP/1.1',
    status: 200,
    dropReason: null,
    shadowReason: null,
    fallbackFrom: null,
    client: '10.0.0.1',
    backend: 'b1',
    attempts: [],
    bytesIn: 1,
    bytesOut: 10,
    totalUs: 1_000,
    queueUs: 0,
    connectUs: 0,
    firstByteUs: 0,
    affinity: 'none',
    group: null,
    algorithm: null,
    userAgent: '',
    referer: '',
    worker: 0,
    lane: 'wire',
    generation: 1,
    ...changes,
  } as AccessLogRecord;
}

const attempt = {
  backend: 'b1',
  outcome: 'ok',
  status: 200,
  connectUs: 0,
  firstByteUs: 0,
  totalUs: 0,
} as const;

const anyRecord = fc
  .record({
    time: fc.integer({ min: START, max: START + 3 * RESOLUTION_MS.day }),
    service: fc.constantFrom(null, 'shop', 'api'),
    backend: fc.constantFrom(null, 'b1', 'b2'),
    status: fc.constantFrom(101, 200, 404, 500, 503),
    dropReason: fc.constantFrom(null, 'no_backend' as const, 'rate_limited' as const),
    path: fc.constantFrom('/', '/a', '', 'x'.repeat(300)),
    client: fc.constantFrom('10.0.0.1', '::1'),
    attempts: fc.constantFrom([], [attempt], [attempt, attempt, attempt]),
    bytesIn: fc.nat(1_000),
    bytesOut: fc.nat(1_000_000),
    totalUs: fc.nat(100_000_000),
  })
  .map((changes) => record(changes));

/** Adds them up in parts: where they are cut makes no difference. */
function rolledUp(records: readonly AccessLogRecord[], cutAt: number): Rollup[] {
  const accumulator = new RollupAccumulator();
  for (const each of records.slice(0, cutAt)) accumulator.add(each);
  const first = accumulator.take();
  for (const each of records.slice(cutAt)) accumulator.add(each);
  return [...first, ...accumulator.take()];
}

/** Sums of the roll-ups, or of the records, by where they belong. */
type Places = Map<string, Record<string, number>>;

function addTo(places: Places, place: string, numbers: Readonly<Record<string, number>>): void {
  const sums = places.get(place) ?? {};
  for (const [name, value] of Object.entries(numbers)) sums[name] = (sums[name] ?? 0) + value;
  places.set(place, sums);
}

function placesOf(rollups: readonly Rollup[]): Places {
  const places: Places = new Map();
  for (const rollup of rollups) {
    const { cube, resolution, start, service, backend, status, dropReason, path, client, latency, ...sums } =
      rollup;
    const place = JSON.stringify([
      cube,
      resolution,
      start,
      service,
      backend,
      status,
      dropReason,
      path,
      client,
    ]);
    addTo(places, place, { ...sums, ...Object.fromEntries([...latency].map(([at, n]) => [`us${at}`, n])) });
  }
  return places;
}

function bruteForce(records: readonly AccessLogRecord[]): Places {
  const places: Places = new Map();
  for (const { time, status, dropReason, bytesIn, bytesOut, totalUs, attempts, ...other } of records) {
    const service = other.service ?? '';
    const timed: Record<string, number> =
      status === 101 ? { totalUs: 0 } : { totalUs, [`us${latencyBucket(totalUs)}`]: 1 };
    const sums = {
      requests: 1,
      errors: dropReason === null && status >= 500 ? 1 : 0,
      drops: dropReason === null ? 0 : 1,
      retries: Math.max(0, attempts.length - 1),
      bytesIn,
      bytesOut,
      ...timed,
    };
    for (const resolution of RESOLUTIONS) {
      const length = RESOLUTION_MS[resolution];
      const start = Math.floor(time / length) * length;
      const at = [resolution, start, service];
      addTo(
        places,
        JSON.stringify(['traffic', ...at, other.backend ?? '', status, dropReason ?? '', '', '']),
        sums,
      );
      addTo(places, JSON.stringify(['paths', ...at, '', 0, '', other.path.slice(0, 256), '']), sums);
      addTo(places, JSON.stringify(['clients', ...at, '', 0, '', '', other.client]), sums);
    }
  }
  return places;
}

function totals(rollups: readonly Rollup[], cube: Cube, resolution: string) {
  const of = rollups.filter((rollup) => rollup.cube === cube && rollup.resolution === resolution);
  const sum = (field: 'requests' | 'errors' | 'drops' | 'retries' | 'bytesIn' | 'bytesOut' | 'totalUs') =>
    of.reduce((all, rollup) => all + rollup[field], 0);
  return {
    requests: sum('requests'),
    errors: sum('errors'),
    drops: sum('drops'),
    retries: sum('retries'),
    bytesIn: sum('bytesIn'),
    bytesOut: sum('bytesOut'),
    totalUs: sum('totalUs'),
    timed: of.reduce((all, { latency }) => all + [...latency.values()].reduce((a, b) => a + b, 0), 0),
  };
}

describe('roll-ups', () => {
  it('are what a plain sum over the records is, wherever these are cut', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 60 }), fc.nat(60), (records, cutAt) => {
        expect(placesOf(rolledUp(records, cutAt))).toEqual(bruteForce(records));
      }),
    );
  });

  it('agree with each other in every cube and resolution, also where names are left out', () => {
    const many = fc.array(fc.tuple(anyRecord, fc.nat(400), fc.nat(400)), {
      minLength: 500,
      maxLength: 1_500,
    });
    fc.assert(
      fc.property(many, fc.nat(1_000), (tuples, cutAt) => {
        const records = tuples.map(([each, path, client]) => ({
          ...each,
          time: START + (each.time % 120_000),
          path: `/${path}`,
          client: `10.0.0.${client}`,
        }));
        const rollups = rolledUp(records, cutAt);
        const whole = totals(rollups, 'traffic', 'minute');
        expect(whole.requests).toBe(records.length);
        for (const cube of CUBES) {
          for (const resolution of RESOLUTIONS) expect(totals(rollups, cube, resolution)).toEqual(whole);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('keep a bounded number of names for each service and time, also over several takes', () => {
    const accumulator = new RollupAccumulator();
    const names = { minute: new Set<string>(), hour: new Set<string>(), day: new Set<string>() };
    for (let index = 0; index < 50_000; index++) {
      const time = START - (START % RESOLUTION_MS.hour) + (index % 10) * RESOLUTION_MS.minute;
      accumulator.add(record({ time, path: `/${index}`, client: `c${index}` }));
      if (index % 1_000 < 999) continue;
      for (const { cube, resolution, start, path } of accumulator.take()) {
        if (cube === 'paths' && path !== '') names[resolution].add(`${start} ${path}`);
      }
    }
    expect(names.hour.size).toBe(300);
    expect(names.day.size).toBe(300);
    // Each of ten minutes that come round again and again: the four latest are remembered.
    expect(names.minute.size).toBeGreaterThanOrEqual(4 * 100);
  });

  it('keep the names that came first, and their sums go on', () => {
    const accumulator = new RollupAccumulator();
    for (let index = 0; index < 150; index++) accumulator.add(record({ path: `/${index}` }));
    accumulator.take();
    accumulator.add(record({ path: '/7' }));
    accumulator.add(record({ path: '/140' }));
    const paths = accumulator
      .take()
      .filter(({ cube, resolution }) => cube === 'paths' && resolution === 'minute');
    expect(paths.map(({ path, requests }) => [path, requests])).toEqual([
      ['/7', 1],
      ['', 1],
    ]);
  });

  it('are empty when nothing came since the last take', () => {
    const accumulator = new RollupAccumulator();
    accumulator.add(record());
    expect(accumulator.take()).toHaveLength(9);
    expect(accumulator.take()).toEqual([]);
  });
});
