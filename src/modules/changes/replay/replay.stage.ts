import type { ServiceConfig } from '../../../common/config/index.js';
import {
  type AccessLogRecord,
  type AlgorithmName,
  BackendStates,
  type DropReason,
  type GlobalPolicies,
  type HealthState,
  SharedMemory,
} from '../../../common/contract/index.js';
import { Balancer, type ServiceRuntime } from '../../balancer/index.js';
import { type PublishedService, SnapshotPublisher } from '../../data-plane/index.js';
import { ExchangeDecider, ExchangeLedger, makePolicies } from '../../proxy/index.js';
import { RecordedExchange } from './recorded-exchange.js';

/** One configuration to replay exchanges against. */
export interface ReplayedState {
  readonly services: readonly ServiceConfig[];
  readonly trustedProxies: readonly string[];
  readonly globals: GlobalPolicies;
  readonly affinitySecret: string;
  /** Our pseudonym in `Via`, as configured. */
  readonly via: string;
}

/** What becomes of one recorded exchange. */
export interface Decision {
  /** null: no route was found. */
  readonly service: string | null;
  /** null: it goes to a backend. */
  readonly reason: DropReason | null;
  /** Id of its backend where the algorithm goes by a key that is recorded; null otherwise. */
  readonly backend: string | null;
  /** Header that is not recorded, and that decides about reason and service; empty: none. */
  readonly outcomeNeeds: string;
  /** Header that is not recorded, and that decides about the backend; empty: none. */
  readonly backendNeeds: string;
}

/** The algorithms that give a key the same backend each time. */
const BY_KEY: ReadonlySet<AlgorithmName> = new Set(['ip-hash', 'url-hash', 'header-hash']);
/** Those that do so for a client that is known by something a record does not hold. */
const BY_AFFINITY: ReadonlySet<AlgorithmName> = new Set(['sticky-round-robin']);

/**
 * A data plane of its own for one configuration: memory, tables, policies and the decider that traffic is served by.
 * Nothing it does is seen by traffic.
 */
export class ReplayStage {
  /** Backends that take exchanges here although no probe has said so yet. */
  readonly assumedHealthy: number;
  readonly services: ReadonlyMap<string, PublishedService>;
  private readonly balancer: Balancer;
  private readonly decider: ExchangeDecider;

  /** @param healthOf The probes' verdict by backend id; null: not known here. */
  constructor(state: ReplayedState, healthOf: (backendId: string) => HealthState | null) {
    const memory = new SharedMemory({
      workers: 1,
      serviceCapacity: Math.max(1, state.services.length),
      backendCapacity: Math.max(
        1,
        state.services.reduce((sum, { backends }) => sum + backends.length, 0),
      ),
    });
    const states = new BackendStates(memory);
    const publisher = new SnapshotPublisher(memory, states, state.via);
    const { snapshot, services } = publisher.publish({ revision: 0, ...state });
    this.services = new Map(services.map((service) => [service.config.name, service]));
    this.assumedHealthy = takeOverHealth(states, services, healthOf);
    this.balancer = new Balancer(memory, 0);
    const policies = makePolicies(memory, 0);
    this.decider = new ExchangeDecider(this.balancer, policies, new ExchangeLedger(memory.workers[0]!));
    this.decider.use(snapshot);
  }

  decide(record: AccessLogRecord): Decision {
    const exchange = new RecordedExchange(record);
    const reason = this.decider.decide(exchange);
    const service = exchange.service?.snapshot.name ?? null;
    const outcomeNeeds = exchange.missing;
    if (reason !== null) return { service, reason, backend: null, outcomeNeeds, backendNeeds: '' };
    return this.pick(exchange, exchange.service!);
  }

  private pick(exchange: RecordedExchange, service: ServiceRuntime): Decision {
    const { name, algorithm } = service.snapshot;
    const outcomeNeeds = exchange.missing;
    exchange.missing = '';
    const backend = this.balancer.pick(service, exchange);
    if (backend === null) {
      return { service: name, reason: 'no_backend', backend: null, outcomeNeeds, backendNeeds: '' };
    }
    this.balancer.release(service, backend);
    const isByKey = BY_KEY.has(algorithm.name);
    const backendNeeds = isByKey || BY_AFFINITY.has(algorithm.name) ? exchange.missing : '';
    const isCertain = isByKey && backendNeeds === '';
    return {
      service: name,
      reason: null,
      backend: isCertain ? backend.snapshot.id : null,
      outcomeNeeds,
      backendNeeds,
    };
  }
}

/** Whether a service's algorithm goes by a key that may be recorded. */
export function goesByKey({ snapshot }: PublishedService): boolean {
  return BY_KEY.has(snapshot.algorithm.name);
}

/** Those without a verdict are taken for healthy: their first probes come within seconds. Returns their number. */
function takeOverHealth(
  states: BackendStates,
  services: readonly PublishedService[],
  healthOf: (backendId: string) => HealthState | null,
): number {
  let assumed = 0;
  for (const { snapshot } of services) {
    for (const { id, slot } of snapshot.backends) {
      const health = healthOf(id) ?? 'unknown';
      if (health === 'unknown') assumed++;
      states.setHealth(slot, snapshot.slot, health === 'unhealthy' ? 'unhealthy' : 'healthy');
    }
  }
  return assumed;
}
