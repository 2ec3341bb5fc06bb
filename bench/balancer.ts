/*
 * What a pick and a route cost, in nanoseconds, on one thread without contention.
 * Run: npm run bench -- balancer
 */
import { ALGORITHM_NAMES, type AlgorithmName, type ServiceSnapshot } from '../src/common/contract/index.js';
import { Balancer } from '../src/modules/balancer/index.js';
import { turnSequence } from '../src/modules/balancer/turn-sequence.js';
import {
  algorithmSettings,
  backendSnapshot,
  BalancerFixture,
  serviceSnapshot,
  snapshotOf,
  TestContext,
} from '../test/support/balancer.fixture.js';

const WARM_UP_MS = 150;
const MEASURE_MS = 300;
const BATCH = 200;

/** Nanoseconds per call: the fastest of the batches is too kind, so the mean over the time. */
function nanoseconds(call: (index: number) => void): number {
  run(call, WARM_UP_MS);
  return run(call, MEASURE_MS);
}

function run(call: (index: number) => void, durationMs: number): number {
  let calls = 0;
  const start = performance.now();
  let now = start;
  while (now - start < durationMs) {
    for (let index = 0; index < BATCH; index++) call(calls + index);
    calls += BATCH;
    now = performance.now();
  }
  return ((now - start) * 1e6) / calls;
}

function serviceOf(
  name: AlgorithmName,
  count: number,
  boundedLoad: number,
  weighted: boolean,
): ServiceSnapshot {
  const backends = Array.from({ length: count }, (_, slot) =>
    backendSnapshot(slot, { weight: weighted ? 1 + (slot % 7) : 1 }),
  );
  return serviceSnapshot({ algorithm: algorithmSettings(name, { boundedLoad }), backends });
}

function measurePick(name: AlgorithmName, count: number, boundedLoad = 0, weighted = false): number {
  const service = serviceOf(name, count, boundedLoad, weighted);
  const fixture = new BalancerFixture([service]);
  const balancer = new Balancer(fixture.memory, 0);
  balancer.use(snapshotOf([service]));
  const runtime = balancer.route('any', '/')!;
  const first = new TestContext();
  balancer.release(runtime, balancer.pick(runtime, first)!);
  const contexts = Array.from({ length: 1024 }, (_, index) => {
    const context = new TestContext({
      'x-tenant': `tenant-${index}`,
      cookie: `a=b; ${first.affinityCookie.split(';')[0]}`,
    });
    context.client = `10.1.${index >> 8}.${index & 255}`;
    context.path = `/catalogue/items/${index}`;
    context.query = `page=${index}`;
    return context;
  });
  return nanoseconds((index) => {
    const backend = balancer.pick(runtime, contexts[index & 1023]!)!;
    balancer.release(runtime, backend);
  });
}

function measureReport(): number {
  const service = serviceOf('peak-ewma', 10, 0, false);
  const fixture = new BalancerFixture([service]);
  const balancer = new Balancer(fixture.memory, 0);
  balancer.use(snapshotOf([service]));
  const { backends } = balancer.route('any', '/')!;
  return nanoseconds((index) => balancer.reportLatency(backends[index % 10]!, 500 + (index & 255)));
}

/** As many services are asked for in turn as `asked`: few show the table alone, many also what caches cannot hold. */
function measureRoute(count: number, asked: number, isWildcard: boolean): number {
  const services = Array.from({ length: count }, (_, slot) =>
    serviceSnapshot({
      name: `service-${slot}`,
      slot,
      hosts: [`${isWildcard ? '*.' : ''}service-${slot}.example.test`],
      paths: ['/', '/api'],
    }),
  );
  const fixture = new BalancerFixture(services);
  const balancer = new Balancer(fixture.memory, 0);
  balancer.use(snapshotOf(services));
  const hosts = Array.from({ length: 4096 }, (_, index) => {
    const slot = Math.floor(((index % asked) * count) / asked);
    return `${isWildcard ? 'www.' : ''}service-${slot}.example.test`;
  });
  return nanoseconds((index) => {
    if (balancer.route(hosts[index & 4095]!, '/api/items') === null) throw new Error('not routed');
  });
}

function row(label: string, ...numbers: number[]): void {
  console.log(label.padEnd(44), ...numbers.map((number) => number.toFixed(0).padStart(8)));
}

console.log('ns per pick and release'.padEnd(44), '10 b.'.padStart(8), '1000 b.'.padStart(8));
for (const name of ALGORITHM_NAMES) row(name, measurePick(name, 10), measurePick(name, 1000));
row(
  'weighted-round-robin, weights 1 to 7',
  measurePick('weighted-round-robin', 10, 0, true),
  measurePick('weighted-round-robin', 1000, 0, true),
);
row('ip-hash, weights 1 to 7', measurePick('ip-hash', 10, 0, true), measurePick('ip-hash', 1000, 0, true));
row('ip-hash, bounded load 1.25', measurePick('ip-hash', 10, 1.25), measurePick('ip-hash', 1000, 1.25));

row('reportLatency', measureReport());

console.log('\nns per route'.padEnd(45), '1 s.'.padStart(8), '10000 s.'.padStart(8), '10000 s.'.padStart(8));
console.log('services asked for'.padEnd(44), '1'.padStart(8), '1'.padStart(8), '4096'.padStart(8));
for (const isWildcard of [false, true]) {
  const label = isWildcard ? 'wildcard host' : 'exact host';
  row(
    label,
    measureRoute(1, 1, isWildcard),
    measureRoute(10_000, 1, isWildcard),
    measureRoute(10_000, 4096, isWildcard),
  );
}

const heavy = Array.from({ length: 1000 }, (_, index) => 1 + ((index * 7919) % 1000));
const started = performance.now();
const turns = turnSequence(heavy).length;
console.log(`\nlongest turn sequence: ${turns} turns in ${(performance.now() - started).toFixed(1)} ms`);

const many = Array.from({ length: 1000 }, (_, slot) =>
  serviceSnapshot({
    name: `service-${slot}`,
    slot,
    hosts: [`service-${slot}.example.test`],
    backends: Array.from({ length: 10 }, (_backend, index) => backendSnapshot(slot * 10 + index)),
  }),
);
const fixture = new BalancerFixture(many);
const balancer = new Balancer(fixture.memory, 0);
milliseconds('use of 1,000 services with 10,000 backends', () => balancer.use(snapshotOf(many)));
const { fingerprint: _before, ...first } = many[0]!;
const changed = [serviceSnapshot({ ...first, slowStartMs: 1000 }), ...many.slice(1)];
milliseconds('use with one service changed', () => balancer.use(snapshotOf(changed, { generation: 2 })));
milliseconds('first pick in each service', () => {
  for (const service of balancer.services) balancer.pick(service, new TestContext());
});

function milliseconds(label: string, action: () => void): void {
  const start = performance.now();
  action();
  console.log(`${label}: ${(performance.now() - start).toFixed(1)} ms`);
}
