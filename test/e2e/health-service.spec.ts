import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HEALTH, listenOn } from '../support/probe.fixture.js';
import { backendConfig, serviceConfig, stateOf } from '../support/service.config.js';
import type { BackendConfig, HealthConfig, ServiceConfig } from '../../src/common/config/index.js';
import { BackendStates, type HealthLogRecord, SharedMemory } from '../../src/common/contract/index.js';
import { startTestServer, type TestServerHandle } from '../../src/test-server/index.js';
import { SnapshotPublisher } from '../../src/modules/data-plane/index.js';
import {
  createProbes,
  type HealthChange,
  HealthService,
  ProbeScheduler,
} from '../../src/modules/health/index.js';

const FAST: HealthConfig = { ...HEALTH, path: '/health', intervalMs: 60, timeoutMs: 5_000, rise: 2, fall: 2 };

let servers: TestServerHandle;
let states: BackendStates;
let publisher: SnapshotPublisher;
let scheduler: ProbeScheduler;
let health: HealthService;
let ticks: NodeJS.Timeout;
let revision: number;
let records: HealthLogRecord[];
let changes: HealthChange[];
let onRecord: (() => void)[];

beforeEach(async () => {
  servers = await startTestServer({ ports: [0, 0], host: '127.0.0.1', durationMs: 0, name: '' });
  const memory = new SharedMemory({ workers: 1, backendCapacity: 64, serviceCapacity: 16 });
  states = new BackendStates(memory);
  publisher = new SnapshotPublisher(memory, states, 'velocity');
  scheduler = new ProbeScheduler(createProbes());
  records = [];
  changes = [];
  onRecord = [];
  revision = 0;
  health = new HealthService({
    publications: publisher,
    states,
    scheduler,
    recorder: {
      record: (record) => {
        records.push(record);
        for (const wake of onRecord.splice(0)) wake();
      },
    },
  });
  health.onChange((change) => changes.push(change));
  ticks = setInterval(() => scheduler.tick(), 5);
});
afterEach(async () => {
  clearInterval(ticks);
  scheduler.stop();
  await servers.stop(0);
});

const port = (index: number) => servers.servers[index]!.port;

function backendAt(
  backendPort: number,
  service = 'shop',
  state: BackendConfig['state'] = 'enabled',
): BackendConfig {
  return backendConfig(backendPort, { id: `${service}-${backendPort}`, state });
}

function service(
  backends: readonly BackendConfig[],
  probe: Partial<HealthConfig> = {},
  name = 'shop',
): ServiceConfig {
  return serviceConfig(backends, { name, health: { ...FAST, ...probe } });
}

function publish(...services: ServiceConfig[]): void {
  publisher.publish(stateOf(services, ++revision));
}

function slotOf(id: string): number {
  const backends = publisher.current()!.snapshot.services.flatMap((published) => published.backends);
  return backends.find((backend) => backend.id === id)!.slot;
}

/** Waits for records, not for time. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>((resolve) => onRecord.push(resolve));
}

const probesOf = (id: string) => records.filter(({ backend, kind }) => backend === id && kind === 'probe');
const shop = (index: number) => `shop-${port(index)}`;

describe('a new backend', () => {
  it('is not available before its first probe passed, and then at once', async () => {
    publish(service([backendAt(port(0))], { intervalMs: 60_000 }));
    expect(states.health(slotOf(shop(0)))).toBe('unknown');
    expect(states.isAvailable(slotOf(shop(0)))).toBe(false);
    await health.initialRound();
    expect(states.isAvailable(slotOf(shop(0)))).toBe(true);
    expect(
      records.map(({ kind, passed, previous, health: after }) => [kind, passed, previous, after]),
    ).toEqual([
      ['probe', true, 'healthy', 'healthy'],
      ['change', true, 'unknown', 'healthy'],
    ]);
    expect(new Set(records.map(({ id }) => id)).size).toBe(2);
    expect(health.statusOf(shop(0))).toMatchObject({
      health: 'healthy',
      service: 'shop',
      consecutivePasses: 1,
      consecutiveFailures: 0,
      lastProbe: { passed: true, status: 200, error: '' },
    });
    const { since, lastProbe, nextProbeAt } = health.statusOf(shop(0))!;
    expect(Math.abs(Date.now() - since)).toBeLessThan(5_000);
    expect(lastProbe!.durationUs).toBeGreaterThan(0);
    expect(nextProbeAt! - Date.now()).toBeGreaterThan(5_000);
    expect(nextProbeAt! - Date.now()).toBeLessThan(85_000);
  });

  it('is unhealthy after one failed probe', async () => {
    servers.servers[0]!.healthy = false;
    publish(service([backendAt(port(0))]));
    await health.initialRound();
    expect(states.health(slotOf(shop(0)))).toBe('unhealthy');
    expect(changes).toMatchObject([
      { backend: shop(0), previous: 'unknown', health: 'unhealthy', error: 'status 503, expected 200-399' },
    ]);
  });

  it('needs no probe with type none', async () => {
    publish(service([backendAt(port(0))], { type: 'none' }));
    await health.initialRound();
    expect(states.isAvailable(slotOf(shop(0)))).toBe(true);
    expect(servers.servers[0]!.served).toBe(0);
    expect(health.statusOf(shop(0))).toMatchObject({ health: 'healthy', lastProbe: null, nextProbeAt: null });
  });

  it('is probed for each of its services', async () => {
    publish(
      service([backendAt(port(0))]),
      service([backendAt(port(0), 'api')], { status: [{ from: 500, to: 599 }] }, 'api'),
    );
    await health.initialRound();
    expect(health.statusOf(shop(0))!.health).toBe('healthy');
    expect(health.statusOf(`api-${port(0)}`)!.health).toBe('unhealthy');
  });
});

describe('the initial round', () => {
  it('waits for every backend, also for one that hangs', async () => {
    const hanging: Server = createServer();
    const hangingPort = await listenOn(hanging);
    publish(service([backendAt(port(0)), backendAt(hangingPort)], { timeoutMs: 150, intervalMs: 60_000 }));
    await health.initialRound();
    expect(health.statusOf(`shop-${hangingPort}`)!.lastProbe!.error).toBe('no answer within 150ms');
    hanging.close();
  });

  it('does not wait for a backend that is gone meanwhile', async () => {
    const hanging: Server = createServer();
    const hangingPort = await listenOn(hanging);
    const connected = once(hanging, 'connection');
    publish(service([backendAt(hangingPort)], { timeoutMs: 20_000, intervalMs: 60_000 }));
    const [socket] = await connected;
    const closed = once(socket.resume(), 'close');
    publish();
    await health.initialRound();
    await closed;
    expect(records).toEqual([]);
    hanging.close();
  });

  it('is over at once when there is nothing to probe', async () => {
    publish(service([backendAt(port(0), 'shop', 'disabled')]));
    await health.initialRound();
    expect(records).toEqual([]);
  });
});

describe('a backend that changes', () => {
  it('leaves rotation and comes back by itself, each probe and change recorded', async () => {
    publish(service([backendAt(port(0)), backendAt(port(1))]));
    await health.initialRound();
    const slot = slotOf(shop(0));
    servers.servers[0]!.healthy = false;
    await until(() => changes.length === 3);
    expect(states.health(slot)).toBe('unhealthy');
    expect(states.isAvailable(slotOf(shop(1)))).toBe(true);
    servers.servers[0]!.healthy = true;
    await until(() => changes.length === 4);
    expect(states.isAvailable(slot)).toBe(true);
    const story = records
      .filter(({ backend }) => backend === shop(0))
      .map(({ kind, passed }) => (kind === 'change' ? (passed ? 'UP' : 'DOWN') : passed ? '+' : '-'))
      .join(' ');
    expect(story).toMatch(/^\+ UP(?: \+)* - - DOWN(?: -)* \+ \+ UP/);
  });

  it('keeps verdict and schedule when its service changes otherwise', async () => {
    const before = service([backendAt(port(0))], { intervalMs: 60_000 });
    publish(before);
    await health.initialRound();
    const status = health.statusOf(shop(0));
    publish({ ...before, paths: ['/other'], backends: [...before.backends, backendAt(port(1))] });
    await until(() => probesOf(shop(1)).length === 1);
    const { nextProbeAt, ...kept } = health.statusOf(shop(0))!;
    expect(kept).toEqual({ ...status, nextProbeAt: undefined });
    expect(Math.abs(nextProbeAt! - status!.nextProbeAt!)).toBeLessThanOrEqual(2);
    expect(probesOf(shop(0))).toHaveLength(1);
    expect(states.isAvailable(slotOf(shop(0)))).toBe(true);
  });

  it('is probed the new way at once but stays in rotation until that fails', async () => {
    publish(service([backendAt(port(0))], { intervalMs: 60_000 }));
    await health.initialRound();
    publish(service([backendAt(port(0))], { path: '/status/500', intervalMs: 200 }));
    expect(states.isAvailable(slotOf(shop(0)))).toBe(true);
    await until(() => probesOf(shop(0)).length === 2);
    expect(health.statusOf(shop(0))).toMatchObject({ health: 'healthy', consecutiveFailures: 1 });
    await until(() => changes.length === 2);
    expect(states.health(slotOf(shop(0)))).toBe('unhealthy');
    publish(service([backendAt(port(0))], { type: 'none' }));
    expect(states.isAvailable(slotOf(shop(0)))).toBe(true);
  });

  it('is still probed while draining', async () => {
    publish(service([backendAt(port(0), 'shop', 'draining')]));
    await until(() => probesOf(shop(0)).length >= 3);
    expect(health.statusOf(shop(0))!.health).toBe('healthy');
    expect(states.isAvailable(slotOf(shop(0)))).toBe(false);
  });

  it('is not probed while disabled, and starts as unknown when enabled again', async () => {
    publish(service([backendAt(port(0))]));
    await health.initialRound();
    publish(service([backendAt(port(0), 'shop', 'disabled'), backendAt(port(1))]));
    const served = servers.servers[0]!.served;
    expect(health.statusOf(shop(0))).toBeNull();
    expect(states.health(slotOf(shop(0)))).toBe('unknown');
    await until(() => probesOf(shop(1)).length >= 4);
    expect(servers.servers[0]!.served).toBe(served);
    const probes = probesOf(shop(0)).length;
    publish(service([backendAt(port(0)), backendAt(port(1))]));
    expect(states.health(slotOf(shop(0)))).toBe('unknown');
    await until(() => probesOf(shop(0)).length > probes);
    expect(states.isAvailable(slotOf(shop(0)))).toBe(true);
  });

  it('is forgotten when it is removed, and new when it comes back', async () => {
    publish(service([backendAt(port(0)), backendAt(port(1))]));
    await health.initialRound();
    publish(service([backendAt(port(1))]));
    expect(health.statusOf(shop(0))).toBeNull();
    const probes = probesOf(shop(0)).length;
    await until(() => probesOf(shop(1)).length >= 4);
    expect(probesOf(shop(0))).toHaveLength(probes);
    publish(service([backendAt(port(0)), backendAt(port(1))]));
    expect(states.health(slotOf(shop(0)))).toBe('unknown');
    await until(() => changes.length === 3);
    expect(changes[2]).toMatchObject({ backend: shop(0), previous: 'unknown', health: 'healthy' });
  });
});

describe('the first verdicts', () => {
  it('open the traffic when each service has a healthy backend, however long the others hang', async () => {
    const silent = createServer();
    const hangingPort = await listenOn(silent);
    try {
      publish(
        service([backendAt(port(0)), backendAt(hangingPort)]),
        service([backendAt(port(1), 'api')], {}, 'api'),
        service([], {}, 'empty'),
      );
      await health.servicesDecided();
      expect(states.isAvailable(slotOf(shop(0)))).toBe(true);
      expect(health.statusOf(`api-${port(1)}`)?.health).toBe('healthy');
      expect(health.statusOf(`shop-${hangingPort}`)?.health).toBe('unknown');
    } finally {
      scheduler.stop();
      silent.close();
    }
  });

  it('do not wait for a service whose backends are all unfit, or are gone', async () => {
    await servers.stop(0);
    publish(service([backendAt(port(0))]), service([backendAt(port(1), 'api')], {}, 'api'));
    const decided = health.servicesDecided();
    publish(service([backendAt(port(0))]));
    await decided;
    expect(health.statusOf(shop(0))?.health).toBe('unhealthy');
  });
});

describe('a backend that is added while thousands wait for their first probe', () => {
  it('is probed before them', async () => {
    const crowd = Array.from({ length: 60 }, (_, index) => {
      const address = `127.1.0.${index + 1}`;
      const url = `http://${address}:${port(0)}`;
      return { ...backendAt(port(0)), id: `crowd-${index}`, url, host: address };
    });
    const order: string[] = [];
    health.onChange(({ backend }) => order.push(backend));
    clearInterval(ticks);
    const probe = { type: 'tcp', intervalMs: 60_000 } as const;
    publish(service(crowd, probe, 'crowd'));
    publish(service(crowd, probe, 'crowd'), service([backendAt(port(1))], probe));
    ticks = setInterval(() => scheduler.tick(), 5);
    await until(() => order.length === 61);
    // The publication itself starts a first lot of probes; the newcomer goes right behind it.
    expect(order.indexOf(shop(1))).toBeLessThan(45);
  });
});
