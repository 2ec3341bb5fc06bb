import { NO_GLOBALS, NO_POLICIES } from '../../src/common/contract/policies/index.js';
import {
  type AlgorithmName,
  type AlgorithmSettings,
  BACKEND_CELLS,
  BackendCell,
  type BackendSnapshot,
  BackendStates,
  NO_RETRIES,
  type RetrySettings,
  SERVICE_CELLS,
  ServiceCell,
  type ServiceSettings,
  type ServiceSnapshot,
  SharedMemory,
  type Snapshot,
} from '../../src/common/contract/index.js';
import {
  type BackendRuntime,
  Balancer,
  type PickContext,
  PickTrace,
  type ServiceRuntime,
} from '../../src/modules/balancer/index.js';

/** A backend of a test's service, its slot as its number, its URL that of its port. */
export function backendSnapshot(slot: number, settings: Partial<BackendSnapshot> = {}): BackendSnapshot {
  const { port = 10_000 + slot } = settings;
  return {
    id: `backend-${slot}`,
    slot,
    url: `http://127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    secure: false,
    weight: 1,
    backup: false,
    maxInFlight: 0,
    ...settings,
  };
}

/** As by default, but with short pauses. */
export const RETRIES: RetrySettings = {
  ...NO_RETRIES,
  attempts: 2,
  backoffBaseMs: 2,
  backoffMaxMs: 20,
  bodyBytes: 65_536,
  budgetPercent: 20,
  budgetMinPerSecond: 1_000,
};

export function algorithmSettings(
  name: AlgorithmName,
  settings: Partial<AlgorithmSettings> = {},
): AlgorithmSettings {
  return { name, header: 'x-tenant', cookie: 'lb', boundedLoad: 0, ...settings };
}

/** What a service of any host and path says, beside its backends. */
export const SERVICE: ServiceSettings = {
  name: 'shop',
  hosts: [],
  paths: ['/'],
  algorithm: algorithmSettings('round-robin'),
  timeouts: {
    connectMs: 3000,
    bodyMs: 60_000,
    responseMs: 30_000,
    responseIdleMs: 60_000,
    requestMs: 0,
    tunnelIdleMs: 3_600_000,
    upstreamIdleMs: 4000,
  },
  retries: RETRIES,
  rateLimits: [],
  policies: NO_POLICIES,
  slowStartMs: 0,
  tls: { ca: '', serverName: '', verify: true },
};

/** A service as workers run on it; its fingerprint covers all of its settings, as the publisher's does. */
export function serviceSnapshot(settings: Partial<ServiceSnapshot> = {}): ServiceSnapshot {
  const service = { ...SERVICE, slot: 0, backends: [], ...settings };
  return { ...service, fingerprint: JSON.stringify(service) };
}

/** A balancer over one service of these backends, with the control plane at hand. */
export function balancedService(
  algorithm: AlgorithmSettings,
  backends: readonly BackendSnapshot[],
  workers = 1,
): { balancer: Balancer; service: ServiceRuntime; fixture: BalancerFixture } {
  const snapshot = serviceSnapshot({ algorithm, backends });
  const fixture = new BalancerFixture([snapshot], workers);
  const balancer = new Balancer(fixture.memory, 0);
  balancer.use(snapshotOf([snapshot]));
  return { balancer, service: balancer.route('any', '/')!, fixture };
}

export function snapshotOf(services: readonly ServiceSnapshot[], settings: Partial<Snapshot> = {}): Snapshot {
  return {
    generation: 1,
    services,
    trustedProxies: [],
    globals: NO_GLOBALS,
    via: 'velocity',
    affinitySecret: '00112233445566778899aabbccddeeff',
    ...settings,
  };
}

/** The shared memory with the control plane's side of it: backends of the services occupy their slots, healthy. */
export class BalancerFixture {
  readonly memory: SharedMemory;
  readonly states: BackendStates;

  constructor(services: readonly ServiceSnapshot[], workers = 1) {
    const backends = services.flatMap((service) => service.backends);
    const highest = (slots: readonly number[]) => slots.reduce((most, slot) => Math.max(most, slot), 0);
    this.memory = new SharedMemory({
      workers,
      backendCapacity: highest(backends.map((backend) => backend.slot)) + 8,
      serviceCapacity: highest(services.map((service) => service.slot)) + 2,
    });
    this.states = new BackendStates(this.memory);
    for (const service of services)
      for (const backend of service.backends) this.enter(backend.slot, service.slot);
  }

  /** Occupies a slot with a backend that is healthy as long as it is known: not in slow start. */
  enter(slot: number, serviceSlot: number): void {
    this.states.occupy(slot, serviceSlot, 'enabled');
    this.states.setHealth(slot, serviceSlot, 'healthy');
    this.setEntered(slot, 0);
  }

  /** Tenths of a second on the monotonic clock; 0: ever since. */
  setEntered(slot: number, sinceDs: number): void {
    Atomics.store(this.memory.backends, slot * BACKEND_CELLS + BackendCell.warmingSinceDs, sinceDs);
  }

  setInFlight(slot: number, count: number): void {
    Atomics.store(this.memory.backends, slot * BACKEND_CELLS + BackendCell.inFlight, count);
  }

  inFlight(slot: number): number {
    return this.states.inFlight(slot);
  }

  serviceInFlight(slot: number): number {
    return Atomics.load(this.memory.services, slot * SERVICE_CELLS + ServiceCell.inFlight);
  }

  setCursor(serviceSlot: number, position: number): void {
    Atomics.store(this.memory.services, serviceSlot * SERVICE_CELLS + ServiceCell.cursor, position);
  }
}

/** A request as an algorithm sees it. */
export class TestContext implements PickContext {
  client = '192.0.2.1';
  path = '/';
  query = '';
  tried: BackendRuntime[] = [];
  affinity: PickContext['affinity'] = 'none';
  affinityCookie = '';
  group = '';
  groupCookie = '';
  isTrial = false;
  readonly takesTrials = true;
  readonly trace = new PickTrace();

  constructor(private readonly headers: Readonly<Record<string, string>> = {}) {}

  header(name: string): string | undefined {
    return this.headers[name];
  }
}

/** Repeatable random numbers from 0 to 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
