/**
 * How long a scrape holds the control plane's thread, by number of backends (ten per service). Run:
 *   npm run bench -- metrics-scrape
 */
import { BackendStates, SharedMemory } from '../dist/common/contract/index.js';
import { SnapshotPublisher } from '../dist/modules/data-plane/index.js';
import { MetricsRegistry } from '../dist/modules/metrics/index.js';

const WORKERS = 4;

function service(index) {
  const name = `service-${index}`;
  const backends = Array.from({ length: 10 }, (_, at) => ({
    id: `${index.toString(16).padStart(8, '0')}${at.toString(16).padStart(8, '0')}`,
    url: `http://10.${index >> 8}.${index & 255}.${at}:8080`,
    host: `10.${index >> 8}.${index & 255}.${at}`,
    port: 8080,
    secure: false,
    weight: 1,
    backup: false,
    state: 'enabled',
  }));
  return { name, hosts: [`${name}.test`], paths: ['/'], algorithm: { name: 'round-robin' }, backends };
}

async function measure(services, maxBackendSeries) {
  const memory = new SharedMemory({ workers: WORKERS, backendCapacity: 65_536, serviceCapacity: 16_384 });
  const publication = new SnapshotPublisher(memory, new BackendStates(memory), 'velocity');
  const flow = () => ({ received: 1, stored: 1, buffered: 0, lost: 0 });
  const source = {
    memory,
    publication,
    version: '0',
    reload: () => ({ success: true, time: Date.now() }),
    accessLog: flow,
    healthLog: flow,
    isStoreConnected: () => true,
    workers: () => [],
  };
  const registry = new MetricsRegistry(source, maxBackendSeries);
  const state = { revision: 1, trustedProxies: [], affinitySecret: 'aa' };
  publication.publish({ ...state, services: Array.from({ length: services }, (_, index) => service(index)) });
  for (const { backendCounters, serviceLedger } of memory.workers) {
    for (let at = 0; at < services * 80; at++) backendCounters[at] = at * 17;
    for (let at = 0; at < services * 34; at++) serviceLedger[at] = at * 3;
  }
  const times = [];
  let text = '';
  for (let round = 0; round < 15; round++) {
    const start = performance.now();
    text = await registry.scrape();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const lines = text.split('\n').length;
  const limit = maxBackendSeries === Infinity ? 'all' : `first ${maxBackendSeries}`;
  console.log(
    `${services * 10} backends in ${services} services, series of ${limit}: ` +
      `${times[7].toFixed(1)} ms (median), ${times[14].toFixed(1)} ms (worst), ${lines} lines, ${(text.length / 1e6).toFixed(2)} MB`,
  );
}

await measure(10, 2_000);
await measure(1_000, 2_000);
await measure(1_000, Infinity);
