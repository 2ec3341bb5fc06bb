/**
 * How long a scrape holds the control plane's thread, by number of backends (ten per service), and what the same series
 * would cost as metrics of prom-client. Run:
 *   npm run bench -- metrics-scrape
 */
import { Counter, Histogram, Registry } from 'prom-client';
import { BackendStates, NO_GLOBALS, SharedMemory } from '../dist/common/contract/index.js';
import { parseConfigText } from '../dist/common/config/index.js';
import { SnapshotPublisher } from '../dist/modules/data-plane/index.js';
import { MetricsRegistry } from '../dist/modules/metrics/index.js';

/** As the configuration gives them, from YAML. */
function servicesOf(count) {
  const service = (index) => {
    const backends = Array.from(
      { length: 10 },
      (_, at) => `{ url: "http://10.${index >> 8}.${index & 255}.${at}" }`,
    );
    return `  - { name: service-${index}, hosts: [service-${index}.test], backends: [${backends}] }`;
  };
  const lines = Array.from({ length: count }, (_, index) => service(index));
  const text = `services:\n${lines.join('\n')}\n`;
  return parseConfigText(Buffer.from(text), 'bench.yml', {}).config.services;
}

const WORKERS = 4;
const ROUNDS = 15;

/** Milliseconds of processor time: other programs on the machine do not count. */
async function cpuMs(run) {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1_000);
  }
  times.sort((a, b) => a - b);
  return `${times[ROUNDS >> 1].toFixed(1)} ms (median), ${times[ROUNDS - 1].toFixed(1)} ms (worst)`;
}

function setUp(services, limits) {
  const memory = new SharedMemory({ workers: WORKERS, backendCapacity: 65_536, serviceCapacity: 16_384 });
  const publication = new SnapshotPublisher(memory, new BackendStates(memory), 'velocity');
  const flow = () => ({ received: 1, stored: 1, buffered: 0, lost: 0 });
  const source = {
    memory,
    publication,
    version: '0',
    reload: () => ({ success: true, time: Date.now(), successTime: Date.now() }),
    accessLog: flow,
    healthLog: flow,
    scalingLog: flow,
    spool: () => null,
    spans: () => null,
    store: () => ({ state: 'connected', since: Date.now() }),
    sharedLimits: () => ({ state: 'up', asked: 0, refused: 0, alone: 0 }),
    scaling: () => [],
    blocklist: () => ({ entries: 0, bans: 0, bytes: 0, files: [] }),
    workers: () => [],
  };
  const registry = new MetricsRegistry(source, limits);
  const state = { revision: 1, trustedProxies: [], globals: NO_GLOBALS, affinitySecret: 'aa' };
  publication.publish({ ...state, services: servicesOf(services) });
  for (const { backendCounters, serviceLedger, serviceLatency, traffic } of memory.workers) {
    for (let at = 0; at < services * 160; at++) backendCounters[at] = at * 17;
    for (let at = 0; at < services * 34; at++) serviceLedger[at] = at * 3;
    for (let at = 0; at < services * 88; at++) serviceLatency[at] = at % 7;
    for (let at = 0; at < services * 880; at++) traffic.backendLatency[at] = at % 5;
  }
  return registry;
}

async function measure(services, limits) {
  const registry = setUp(services, limits);
  let text = '';
  const time = await cpuMs(async () => ({ text } = await registry.scrape()));
  const lines = text.split('\n').length;
  console.log(
    `${services * 10} backends in ${services} services, series of ${limits.services} and ${limits.backends}: ` +
      `${time}, ${lines} lines, ${(text.length / 1e6).toFixed(2)} MB`,
  );
}

/** Twelve counters and one histogram of 17 buckets for each backend, brought up to date and written by prom-client. */
async function measureClient(backends) {
  const registry = new Registry();
  const labelNames = ['service', 'backend'];
  const labels = Array.from({ length: backends }, (_, at) => ({
    service: `service-${Math.floor(at / 10)}`,
    backend: at.toString(16).padStart(16, '0'),
  }));
  const counters = Array.from(
    { length: 12 },
    (_, at) => new Counter({ name: `c${at}_total`, help: 'h', labelNames, registers: [registry] }),
  );
  const buckets = Array.from({ length: 17 }, (_, at) => 0.000512 * 2 ** at);
  const histogram = new Histogram({ name: 'h', help: 'h', labelNames, buckets, registers: [registry] });
  for (const label of labels) histogram.observe(label, 0.01);
  let text = '';
  const time = await cpuMs(async () => {
    for (const counter of counters) for (const label of labels) counter.inc(label, 1);
    text = await registry.metrics();
  });
  const lines = text.split('\n').length;
  console.log(`prom-client, ${backends} backends alone: ${time}, ${lines} lines`);
}

await measure(10, { services: 1_000, backends: 1_000 });
await measure(100, { services: 1_000, backends: 1_000 });
await measure(1_000, { services: 1_000, backends: 1_000 });
await measure(1_000, { services: Infinity, backends: Infinity });
await measureClient(1_000);
await measureClient(10_000);
