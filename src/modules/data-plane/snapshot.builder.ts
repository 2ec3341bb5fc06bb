import { createHash } from 'node:crypto';
import type { BackendConfig, ServiceConfig } from '../../common/config/index.js';
import type {
  BackendSnapshot,
  BackendStates,
  ServiceSnapshot,
  SharedMemory,
} from '../../common/contract/index.js';
import type { PublishedService } from './publication.js';
import type { SlotAllocator } from './slot.allocator.js';

/**
 * Turns services into what workers run on, and gives them their slots. A service whose configuration is the same
 * object as last time keeps its whole snapshot, so a reload costs what changed.
 */
export class SnapshotBuilder {
  private previous = new Map<string, PublishedService>();

  constructor(
    private readonly services: SlotAllocator,
    private readonly backends: SlotAllocator,
    private readonly states: BackendStates,
    private readonly memory: SharedMemory,
  ) {}

  /** Slots of what is gone are retired as of `generation`. Throws CAPACITY_EXCEEDED before anything has changed for workers. */
  build(configs: readonly ServiceConfig[], generation: number): readonly PublishedService[] {
    this.assertRoom(configs);
    const published = configs.map((config) => this.service(config));
    this.previous = new Map(published.map((service) => [service.config.name, service]));
    this.retire(published, generation);
    return published;
  }

  private assertRoom(configs: readonly ServiceConfig[]): void {
    this.services.assertRoom(configs.map((config) => config.name));
    this.backends.assertRoom(configs.flatMap((config) => config.backends.map((backend) => backend.id)));
  }

  private service(config: ServiceConfig): PublishedService {
    const before = this.previous.get(config.name);
    if (before?.config === config) return before;
    const { slot, isNew } = this.services.acquire(config.name);
    if (isNew) this.memory.clearServiceCounters(slot);
    const backends = config.backends.map((backend) => this.backend(backend, slot));
    const shape = {
      name: config.name,
      slot,
      hosts: config.hosts,
      paths: config.paths,
      algorithm: config.algorithm,
      backends,
      timeouts: config.timeouts,
      retries: config.retries,
      rateLimits: config.rateLimits,
      policies: config.policies,
      slowStartMs: config.slowStartMs,
      tls: config.tls,
    };
    const snapshot: ServiceSnapshot = { ...shape, fingerprint: fingerprintOf(shape) };
    return { config, snapshot };
  }

  private backend(config: BackendConfig, serviceSlot: number): BackendSnapshot {
    const { slot, isNew } = this.backends.acquire(config.id);
    if (isNew) {
      this.memory.clearBackendCounters(slot);
      this.states.occupy(slot, serviceSlot, config.state);
    } else this.states.setAdminState(slot, serviceSlot, config.state);
    const { id, url, host, port, secure, weight, backup, maxInFlight } = config;
    return { id, slot, url, host, port, secure, weight, backup, maxInFlight };
  }

  private retire(published: readonly PublishedService[], generation: number): void {
    const ids = new Set<string>();
    for (const { config } of published) for (const backend of config.backends) ids.add(backend.id);
    this.backends.retireAllBut(ids, generation);
    this.services.retireAllBut(new Set(this.previous.keys()), generation);
  }
}

function fingerprintOf(shape: object): string {
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex').slice(0, 16);
}
