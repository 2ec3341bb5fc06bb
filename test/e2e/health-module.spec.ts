import { type INestApplicationContext, Module, ServiceUnavailableException } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BackendStates, SharedMemory } from '../../src/common/contract/index.js';
import { PUBLICATION_SOURCE, SnapshotPublisher } from '../../src/modules/data-plane/index.js';
import { HealthModule } from '../../src/modules/health/health.module.js';
import {
  HEALTH_RECORDER,
  HealthService,
  READINESS_SOURCE,
  ReadinessService,
} from '../../src/modules/health/index.js';
import { STORE_CONNECTION, type StoreConnection } from '../../src/modules/registry/index.js';
import { type BackendProcess, startBackendProcess } from '../support/backend-process.js';
import { HEALTH } from '../support/probe.fixture.js';
import { backendConfig, serviceConfig, stateOf } from '../support/service.config.js';

const memory = { workers: 1, backendCapacity: 16, serviceCapacity: 4 };
let app: INestApplicationContext;
let publisher: SnapshotPublisher;
let states: BackendStates;
let pings: (() => Promise<void>)[];
let pinged: number;
let source: { listening: number; generation: number; configError: string | null };

/** Stands for the modules that the root of the control plane makes global. */
async function start(): Promise<void> {
  const shared = new SharedMemory(memory);
  states = new BackendStates(shared);
  publisher = new SnapshotPublisher(shared, states, 'velocity');
  pings = [];
  pinged = 0;
  source = { listening: 2, generation: 1, configError: null };
  const store: Pick<StoreConnection, 'driver' | 'ping' | 'status'> = {
    driver: 'mongodb',
    ping: () => {
      pinged++;
      return pings.shift()?.() ?? Promise.resolve();
    },
    status: () => ({ state: 'away', since: 0, error: 'connection refused' }),
  };
  const providers = [
    { provide: PUBLICATION_SOURCE, useValue: publisher },
    { provide: BackendStates, useValue: states },
    { provide: HEALTH_RECORDER, useValue: { record: () => {} } },
    { provide: STORE_CONNECTION, useValue: store },
    {
      provide: READINESS_SOURCE,
      useValue: {
        workers: () => ({ configured: 2, listening: source.listening }),
        generation: () => source.generation,
        configError: () => source.configError,
      },
    },
  ];
  @Module({ providers, exports: providers.map(({ provide }) => provide) })
  class PartsModule {}
  const module = await Test.createTestingModule({
    imports: [HealthModule.register([PartsModule])],
  }).compile();
  app = await module.init();
}

beforeEach(start);
afterEach(() => app.close());

function publish({ port }: BackendProcess): void {
  const health = { ...HEALTH, path: '/health', intervalMs: 100, timeoutMs: 500, rise: 2, fall: 2 };
  publisher.publish(stateOf([serviceConfig([backendConfig(port, { id: 'b' })], { health })]));
}

it('probes on the schedule of Nest and follows a backend process through its life', async () => {
  const health = app.get(HealthService);
  const waiting: ((state: string) => void)[] = [];
  health.onChange((change) => waiting.shift()?.(change.health));
  const nextChange = () => new Promise<string>((resolve) => waiting.push(resolve));
  const backend = await startBackendProcess();
  let change = nextChange();
  publish(backend);
  await health.initialRound();
  expect(await change).toBe('healthy');

  for (const [fail, recover] of [
    [() => backend.setHealth(false), () => backend.setHealth(true)],
    [async () => backend.freeze(), async () => backend.thaw()],
  ] as const) {
    change = nextChange();
    await fail();
    expect(await change).toBe('unhealthy');
    expect(states.isAvailable(0)).toBe(false);
    change = nextChange();
    await recover();
    expect(await change).toBe('healthy');
    expect(states.isAvailable(0)).toBe(true);
  }

  change = nextChange();
  await backend.kill();
  expect(await change).toBe('unhealthy');
  expect(health.statusOf('b')!.lastProbe).toMatchObject({ passed: false, error: 'connection refused' });
  change = nextChange();
  const again = await startBackendProcess({ port: backend.port });
  expect(await change).toBe('healthy');
  await again.stop();
});

describe('readiness', () => {
  const check = () => app.get(ReadinessService).check();
  const refusal = async () => {
    const error: unknown = await check().catch((reason: unknown) => reason);
    if (!(error instanceof ServiceUnavailableException))
      throw new Error(`expected a 503, got ${String(error)}`);
    return error.getResponse();
  };

  it('is ok when everything is', async () => {
    expect(await check()).toMatchObject({
      status: 'ok',
      details: {
        workers: { status: 'up', configured: 2, listening: 2 },
        config: { status: 'up', generation: 1 },
        store: { status: 'up', driver: 'mongodb' },
      },
    });
    expect(pinged).toBe(1);
  });

  it('is degraded, not dead, while the store is away', async () => {
    pings.push(() => Promise.reject(new Error('no answer within 1s')));
    expect(await check()).toMatchObject({
      status: 'degraded',
      details: { store: { status: 'degraded', state: 'away', message: 'no answer within 1s' } },
    });
    expect(await check()).toMatchObject({ status: 'ok' });
  });

  it('asks the store once for checks that come together', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    pings.push(() => promise);
    const checks = [check(), check(), check()];
    resolve();
    expect(await Promise.all(checks)).toMatchObject([{ status: 'ok' }, { status: 'ok' }, { status: 'ok' }]);
    expect(pinged).toBe(1);
  });

  it('is degraded while a worker is replaced or a configuration was refused', async () => {
    source.listening = 1;
    source.configError = 'config/velocity.yml:3:5: unknown key';
    expect(await check()).toMatchObject({
      status: 'degraded',
      details: {
        workers: { status: 'degraded', message: '1 of 2 workers do not listen' },
        config: { status: 'degraded', message: 'config/velocity.yml:3:5: unknown key' },
      },
    });
  });

  it('is refused when no worker listens or nothing was published', async () => {
    source.listening = 0;
    expect(await refusal()).toMatchObject({ status: 'error', error: { workers: { status: 'down' } } });
    source.listening = 2;
    source.generation = 0;
    expect(await refusal()).toMatchObject({ status: 'error', error: { config: { status: 'down' } } });
  });
});
