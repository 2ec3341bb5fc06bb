/*
 * What probing many backends costs the control plane: real sockets to test servers in a process of their own.
 * Prints one JSON line per round. Run (about 20 s per type):
 *   npm run bench -- health-probes [backends] [interval ms] [http|tcp ...]
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ServiceConfig } from '../src/common/config/index.js';
import { BackendStates, type HealthLogRecord, SharedMemory } from '../src/common/contract/index.js';
import { SnapshotPublisher } from '../src/modules/data-plane/index.js';
import { createProbes, HealthService, ProbeScheduler } from '../src/modules/health/index.js';
import { startBackendProcess } from '../test/support/backend-process.js';
import { HEALTH } from '../test/support/probe.fixture.js';
import { backendConfig, serviceConfig, stateOf } from '../test/support/service.config.js';

const [backends = '10000', interval = '5000', ...types] = process.argv.slice(2);
const total = Number(backends);
const intervalMs = Number(interval);
const STEADY_INTERVALS = 2.5;
const SLICE_MS = 100;

function serviceOf(index: number, ports: readonly number[], type: 'http' | 'tcp'): ServiceConfig {
  const name = `service-${index}`;
  const backends = Array.from({ length: 10 }, (_, backend) =>
    backendConfig(ports[(index * 10 + backend) % ports.length]!, { id: `${name}-${backend}` }),
  );
  const health = { ...HEALTH, type, path: '/health', intervalMs };
  return serviceConfig(backends, { name, hosts: [`${name}.test`], health });
}

class Round {
  readonly perSlice: number[] = [];
  probes = 0;
  failures = 0;
  private readonly startedAt = performance.now();
  private readonly cpu = process.cpuUsage();
  private readonly delay = monitorEventLoopDelay({ resolution: 1 });

  constructor(private readonly name: string) {
    this.delay.enable();
  }

  count(record: HealthLogRecord): void {
    if (record.kind !== 'probe') return;
    const slice = Math.floor((performance.now() - this.startedAt) / SLICE_MS);
    this.perSlice[slice] = (this.perSlice[slice] ?? 0) + 1;
    this.probes++;
    if (!record.passed) this.failures++;
  }

  print(): void {
    this.delay.disable();
    const elapsedMs = performance.now() - this.startedAt;
    const { user, system } = process.cpuUsage(this.cpu);
    // The last slice is not a whole one.
    const slices = Array.from(this.perSlice.slice(0, -1), (count) => count ?? 0);
    console.log(
      JSON.stringify({
        round: this.name,
        elapsedMs: Math.round(elapsedMs),
        probes: this.probes,
        failures: this.failures,
        probesPerSecond: Math.round((this.probes / elapsedMs) * 1_000),
        perTenthOfSecond: { min: Math.min(...slices), max: Math.max(...slices) },
        cpuShare: Number(((user + system) / 1_000 / elapsedMs).toFixed(2)),
        // The histogram's own resolution of 1 ms is part of each value.
        loopDelayMs: {
          p50: ms(this.delay.percentile(50)),
          p99: ms(this.delay.percentile(99)),
          max: ms(this.delay.max),
        },
      }),
    );
  }
}

function ms(nanoseconds: number): number {
  return Number((nanoseconds / 1e6).toFixed(1));
}

async function measure(type: 'http' | 'tcp', ports: readonly number[]): Promise<void> {
  const memory = new SharedMemory({
    workers: 1,
    backendCapacity: total,
    serviceCapacity: Math.ceil(total / 10),
  });
  const states = new BackendStates(memory);
  const publications = new SnapshotPublisher(memory, states, 'velocity');
  const scheduler = new ProbeScheduler(createProbes());
  let round = new Round(`${type}: first`);
  const health = new HealthService({
    publications,
    states,
    scheduler,
    recorder: { record: (record) => round.count(record) },
  });
  const ticks = setInterval(() => scheduler.tick(), 20);
  const services = Array.from({ length: Math.ceil(total / 10) }, (_, index) => serviceOf(index, ports, type));
  const before = performance.now();
  publications.publish(stateOf(services));
  console.log(
    JSON.stringify({ round: `${type}: publish`, elapsedMs: Math.round(performance.now() - before) }),
  );
  await health.initialRound();
  round.print();
  await new Promise((resolve) => setTimeout(resolve, 1.5 * intervalMs));
  round = new Round(`${type}: steady`);
  await new Promise((resolve) => setTimeout(resolve, STEADY_INTERVALS * intervalMs));
  round.print();
  clearInterval(ticks);
  scheduler.stop();
}

const servers = await startBackendProcess({ count: 64 });
for (const type of types.length > 0 ? types : ['http', 'tcp'])
  await measure(type as 'http' | 'tcp', servers.ports);
await servers.stop();
