import type { ServiceConfig } from '../../common/config/index.js';
import {
  BACKEND_CELLS,
  BackendCell,
  type BackendStates,
  type ExchangeGlobals,
  type GlobalPolicies,
  SERVICE_CELLS,
  ServiceCell,
  type SharedMemory,
  type Snapshot,
} from '../../common/contract/index.js';
import type { Publication, PublicationSource } from './publication.js';
import { SlotAllocator } from './slot.allocator.js';
import { SnapshotBuilder } from './snapshot.builder.js';

/** What the registry holds, as far as traffic is concerned. */
export interface PublishableState {
  readonly revision: number;
  readonly services: readonly ServiceConfig[];
  readonly trustedProxies: readonly string[];
  readonly globals: GlobalPolicies;
  readonly affinitySecret: string;
}

/** Takes snapshots to where traffic is served: worker threads, or the control plane itself when it serves inline. */
export interface SnapshotReceiver {
  receive(snapshot: Snapshot): void;
  /** The oldest generation that any of the serving threads may still run. */
  oldestGeneration(): number;
}

/** Builds each snapshot completely, then publishes it: to listeners of the control plane first, then to the data plane. */
export class SnapshotPublisher implements PublicationSource {
  private readonly builder: SnapshotBuilder;
  private readonly services: SlotAllocator;
  private readonly backends: SlotAllocator;
  private readonly listeners: ((publication: Publication) => void)[] = [];
  private receiver: SnapshotReceiver | null = null;
  private publication: Publication | null = null;
  private generation = 0;

  constructor(
    private readonly memory: SharedMemory,
    private readonly states: BackendStates,
    private readonly via: string,
  ) {
    this.services = new SlotAllocator(memory.shape.serviceCapacity, 'services');
    this.backends = new SlotAllocator(memory.shape.backendCapacity, 'backends');
    this.builder = new SnapshotBuilder(this.services, this.backends, states, memory);
  }

  current(): Publication | null {
    return this.publication;
  }

  onPublished(listener: (publication: Publication) => void): void {
    this.listeners.push(listener);
  }

  connect(receiver: SnapshotReceiver): void {
    this.receiver = receiver;
    if (this.publication) receiver.receive(this.publication.snapshot);
  }

  publish(state: PublishableState): Publication {
    this.reclaimSlots();
    const generation = this.generation + 1;
    const services = this.builder.build(state.services, generation);
    const snapshot: Snapshot = {
      generation,
      services: services.map((service) => service.snapshot),
      trustedProxies: state.trustedProxies,
      globals: globalsOf(state.globals),
      via: this.via,
      affinitySecret: state.affinitySecret,
    };
    this.generation = generation;
    this.publication = { revision: state.revision, snapshot, services };
    for (const listener of this.listeners) listener(this.publication);
    this.receiver?.receive(snapshot);
    return this.publication;
  }

  private reclaimSlots(): void {
    const oldest = this.receiver?.oldestGeneration() ?? this.generation;
    // Only now: while a worker still runs the older snapshot, a removed backend may be all that a service has there.
    for (const slot of this.backends.reclaim(oldest, (one) => this.isBackendIdle(one)))
      this.states.vacate(slot);
    this.services.reclaim(oldest, (slot) => this.isServiceIdle(slot));
  }

  private isBackendIdle(slot: number): boolean {
    return Atomics.load(this.memory.backends, slot * BACKEND_CELLS + BackendCell.inFlight) === 0;
  }

  private isServiceIdle(slot: number): boolean {
    return [ServiceCell.inFlight, ServiceCell.permits, ServiceCell.waiting].every(
      (cell) => Atomics.load(this.memory.services, slot * SERVICE_CELLS + cell) === 0,
    );
  }
}

function globalsOf({ rateLimits, bans, accessLog }: GlobalPolicies): ExchangeGlobals {
  return { rateLimits, bans, accessLog };
}
