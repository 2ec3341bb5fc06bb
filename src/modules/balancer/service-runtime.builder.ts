import type {
  BackendOutages,
  BackendSnapshot,
  ServiceSnapshot,
  SharedMemory,
  Snapshot,
} from '../../common/contract/index.js';
import { cookiePath } from './affinity-cookie.js';
import type { AlgorithmScope } from './algorithms/algorithm.js';
import { createAlgorithm } from './algorithms/algorithm.factory.js';
import { hasSameConnections, isSameOrigin } from './backend-identity.js';
import { RotationCache } from './rotation.cache.js';
import { BackendRuntime } from './backend-runtime.js';
import { ServiceRuntime } from './service-runtime.js';
import { BackendGroup } from './split/backend.group.js';
import { GroupTurns } from './split/group.turns.js';
import { ServiceSplit } from './split/service.split.js';

/** What a snapshot becomes in this thread. */
export interface BuiltServices {
  readonly services: ReadonlyMap<string, ServiceRuntime>;
  /** Kept backends whose settings are to be replaced when the new services start to serve. */
  readonly renewed: readonly RenewedBackend[];
}

export interface RenewedBackend {
  readonly backend: BackendRuntime;
  readonly snapshot: BackendSnapshot;
}

/** Builds the services of a snapshot beside those that run, which it does not touch, keeping all that is unchanged. */
export class ServiceRuntimeBuilder {
  private renewed: RenewedBackend[] = [];

  constructor(
    private readonly memory: SharedMemory,
    private readonly outages: BackendOutages,
  ) {}

  /** Throws RangeError when a slot lies outside of the shared memory. */
  build(
    snapshot: Snapshot,
    running: ReadonlyMap<string, ServiceRuntime>,
    keepsSecret: boolean,
  ): BuiltServices {
    this.renewed = [];
    const services = new Map<string, ServiceRuntime>();
    for (const service of snapshot.services) {
      const before = running.get(service.name);
      const isUnchanged =
        before !== undefined &&
        before.snapshot.fingerprint === service.fingerprint &&
        (keepsSecret || !isSigned(service));
      services.set(
        service.name,
        isUnchanged ? before : this.service(service, before, snapshot.affinitySecret),
      );
    }
    return { services, renewed: this.renewed };
  }

  private service(
    service: ServiceSnapshot,
    before: ServiceRuntime | undefined,
    affinitySecret: string,
  ): ServiceRuntime {
    assertSlot(service.slot, this.memory.shape.serviceCapacity, `service ${service.name}`);
    const known = this.connectable(service, before);
    const backends = service.backends.map((backend) => this.backend(service, backend, known));
    const scope = { memory: this.memory, service, backends, affinitySecret };
    const whole = {
      algorithm: createAlgorithm(scope),
      rotations: new RotationCache(this.memory, service, backends, this.outages),
    };
    return new ServiceRuntime(service, backends, whole, this.split(scope));
  }

  private split(scope: AlgorithmScope): ServiceSplit | null {
    const { memory, service } = scope;
    const { split } = service.policies.shaping;
    if (split === null) return null;
    const groups = split.groups.map((settings, group) => {
      const members = new Set(settings.backends);
      const backends = scope.backends.filter(({ snapshot }) => members.has(snapshot.id));
      const algorithm = createAlgorithm({ ...scope, backends, group });
      const path = `Path=${cookiePath(service.paths)}; HttpOnly; SameSite=Lax`;
      const setCookie = split.cookie === '' ? '' : `${split.cookie}=${settings.name}; ${path}`;
      return new BackendGroup(
        settings,
        algorithm,
        new RotationCache(memory, service, backends, this.outages),
        setCookie,
      );
    });
    return new ServiceSplit(split, groups, new GroupTurns(memory, service.slot));
  }

  /** Backends that run already, by id, as far as the service's own settings let their connections live on. */
  private connectable(
    service: ServiceSnapshot,
    before: ServiceRuntime | undefined,
  ): ReadonlyMap<string, BackendRuntime> {
    const usable =
      before !== undefined && hasSameConnections(before.snapshot, service) ? before.backends : [];
    return new Map(usable.map((backend) => [backend.snapshot.id, backend]));
  }

  private backend(
    service: ServiceSnapshot,
    snapshot: BackendSnapshot,
    known: ReadonlyMap<string, BackendRuntime>,
  ): BackendRuntime {
    assertSlot(
      snapshot.slot,
      this.memory.shape.backendCapacity,
      `backend ${snapshot.url} of ${service.name}`,
    );
    const backend = known.get(snapshot.id);
    if (backend === undefined || !isSameOrigin(backend.snapshot, snapshot))
      return new BackendRuntime(snapshot);
    this.renewed.push({ backend, snapshot });
    return backend;
  }
}

function isSigned(service: ServiceSnapshot): boolean {
  return service.algorithm.name === 'sticky-round-robin';
}

function assertSlot(slot: number, capacity: number, what: string): void {
  if (Number.isInteger(slot) && slot >= 0 && slot < capacity) return;
  throw new RangeError(
    `Slot ${slot} of ${what} is outside of the shared memory, which has ${capacity} such slots.`,
  );
}
