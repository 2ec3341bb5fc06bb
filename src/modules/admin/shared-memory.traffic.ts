import {
  type BackendStates,
  SERVICE_CELLS,
  ServiceCell,
  type SharedMemory,
} from '../../common/contract/index.js';
import type { Publication, PublicationSource } from '../data-plane/index.js';
import { TrafficPort } from './ports.js';
import type { QueueState } from './resources/service.mapping.js';

/** Live state of the data plane, read where the workers write it. */
export class SharedMemoryTraffic extends TrafficPort {
  private indexed: Publication | null = null;
  private backendSlots = new Map<string, number>();
  private serviceSlots = new Map<string, number>();

  constructor(
    private readonly source: PublicationSource,
    private readonly states: BackendStates,
    private readonly memory: SharedMemory,
  ) {
    super();
  }

  inFlightOf(backendId: string): number {
    this.index();
    const slot = this.backendSlots.get(backendId);
    return slot === undefined ? 0 : this.states.inFlight(slot);
  }

  queueOf(service: string): QueueState {
    this.index();
    const slot = this.serviceSlots.get(service);
    if (slot === undefined) return { running: 0, waiting: 0 };
    const read = (cell: number) => Atomics.load(this.memory.services, slot * SERVICE_CELLS + cell);
    return { running: read(ServiceCell.permits), waiting: read(ServiceCell.waiting) };
  }

  private index(): void {
    const publication = this.source.current();
    if (publication === this.indexed) return;
    this.indexed = publication;
    this.backendSlots = new Map();
    this.serviceSlots = new Map();
    for (const { snapshot } of publication?.services ?? []) {
      this.serviceSlots.set(snapshot.name, snapshot.slot);
      for (const backend of snapshot.backends) this.backendSlots.set(backend.id, backend.slot);
    }
  }
}
