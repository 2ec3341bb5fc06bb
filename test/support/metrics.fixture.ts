import type { ServiceConfig } from '../../src/common/config/index.js';
import {
  BackendStates,
  DROP_REASONS,
  type DropReason,
  LEDGER_CELLS,
  LedgerCell,
  type ServiceSnapshot,
  SharedMemory,
  TRAFFIC_CELLS,
  TrafficCell,
} from '../../src/common/contract/index.js';
import { SnapshotPublisher } from '../../src/modules/data-plane/index.js';
import {
  MetricsRegistry,
  type MetricsSource,
  type SeriesLimits,
  type SpoolCondition,
} from '../../src/modules/metrics/index.js';
import { parseExposition, type Series } from './exposition.js';
import { backendConfig, serviceConfig, stateOf } from './service.config.js';

/** A service with one backend per port, `<name>-<port>`. */
export function slottedService(name: string, ports: readonly number[]): ServiceConfig {
  const backends = ports.map((port) => backendConfig(port, { id: `${name}-${port}` }));
  return serviceConfig(backends, { name });
}

const SPOOL: SpoolCondition = {
  bytes: 5_000,
  maxBytes: 9_000,
  segments: 2,
  oldestTime: 1,
  corruptFrames: 1,
  isRunning: true,
  restarts: 3,
};

/** The real publisher over two workers' memory, which the tests fill as workers do. */
export function metricsOf(limits?: SeriesLimits) {
  const memory = new SharedMemory({ workers: 2, backendCapacity: 64, serviceCapacity: 4 });
  const states = new BackendStates(memory);
  const publication = new SnapshotPublisher(memory, states, 'velocity');
  publication.connect({
    receive: () => undefined,
    oldestGeneration: () => publication.current()?.snapshot.generation ?? 0,
  });
  const source: MetricsSource = {
    memory,
    publication,
    version: '9.8.7',
    reload: () => ({ success: false, time: 1_790_000_000_500, successTime: 1_780_000_000_000 }),
    accessLog: () => ({ received: 10, recovered: 0, stored: 6, buffered: 3, lost: 1 }),
    healthLog: () => ({ received: 4, stored: 4, buffered: 0, lost: 0 }),
    scalingLog: () => ({ received: 2, stored: 2, buffered: 0, lost: 0 }),
    sharedLimits: () => ({ state: 'up', asked: 7, refused: 2, alone: 1 }),
    store: () => ({ state: 'connected', since: 1_785_000_000_000 }),
    spool: () => SPOOL,
    spans: () => ({ made: 9, exported: 5, lost: 1, queued: 3 }),
    blocklist: () => ({
      entries: 12,
      bans: 3,
      bytes: 456,
      files: [
        { path: 'good.txt', entries: 9, loadedAt: 1, problem: '' },
        { path: 'broken.txt', entries: 0, loadedAt: 0, problem: 'broken' },
      ],
    }),
    discovery: () => [
      { name: 'dns:shop.internal', isUp: true, backends: { added: 3, conflict: 1, draining: 0, refused: 0 } },
      { name: 'file:shop.yml', isUp: false, backends: { added: 0, conflict: 0, draining: 2, refused: 1 } },
    ],
    scaling: () => [
      {
        service: 'shop',
        isActive: true,
        hasProblem: false,
        current: 3,
        ready: 2,
        desired: 4,
        up: 2,
        down: 1,
        hold: 9,
        started: 5,
        failed: 1,
        stopped: 2,
      },
    ],
    workers: () => [
      { worker: 0, state: 'listening', restarts: 0, generation: 3 },
      { worker: 1, state: 'dead', restarts: 2, generation: 0 },
    ],
  };
  const registry = new MetricsRegistry(source, limits);
  const publish = (services: readonly ServiceConfig[]): ServiceSnapshot[] =>
    publication.publish(stateOf(services)).services.map(({ snapshot }) => snapshot);
  const read = async () => parseExposition((await registry.scrape()).text);
  return { memory, states, registry, publish, read };
}

/** The same keys as `like`, with what the series say. */
export function picked(series: Series, like: object): Record<string, number | undefined> {
  return Object.fromEntries(Object.keys(like).map((name) => [name, series.get(name)]));
}

/** Counts `times` ended exchanges as a worker does; `slot` null: dropped before a route. */
export function countEnded(
  memory: SharedMemory,
  worker: number,
  slot: number | null,
  end: DropReason | 'forwarded',
  times = 1,
): void {
  const cells = memory.workers[worker]!;
  const cell = end === 'forwarded' ? LedgerCell.forwarded : LedgerCell.drops + DROP_REASONS[end].code;
  for (const at of [LedgerCell.received, cell]) {
    cells.ledger[at]! += times;
    if (slot !== null) cells.serviceLedger[slot * LEDGER_CELLS + at]! += times;
  }
}

/** A page with samples of every metric there is: two services, one mirrored and with a queue. */
export async function everyMetric(): Promise<string> {
  const { memory, registry, publish } = metricsOf();
  const blog = slottedService('blog', [2]);
  const shop = slottedService('shop', [1]);
  const mirror = { service: 'blog', share: 1, maxInFlight: 1, maxBodyBytes: 0 };
  const { policies } = shop;
  const [{ slot }] = publish([
    { ...shop, policies: { ...policies, shaping: { ...policies.shaping, mirror } } },
    blog,
  ]) as [ServiceSnapshot];
  memory.workers[0]!.traffic.services[slot * TRAFFIC_CELLS + TrafficCell.queuedUs] = 1;
  return (await registry.scrape()).text;
}
