import type { BackendStates } from '../../common/contract/index.js';
import type { Publication, PublicationSource } from '../data-plane/index.js';
import { TrafficPort } from './ports.js';

/** Live state of the data plane, read where the workers write it. */
export class SharedMemoryTraffic extends TrafficPort {
  private indexed: Publication | null = null;
  private slots = new Map<string, number>();

  constructor(
    private readonly source: PublicationSource,
    private readonly states: BackendStates,
  ) {
    super();
  }

  inFlightOf(backendId: string): number {
    const publication = this.source.current();
    if (publication !== this.indexed) this.index(publication);
    const slot = this.slots.get(backendId);
    return slot === undefined ? 0 : this.states.inFlight(slot);
  }

  private index(publication: Publication | null): void {
    this.indexed = publication;
    this.slots = new Map();
    for (const { snapshot } of publication?.services ?? []) {
      for (const backend of snapshot.backends) this.slots.set(backend.id, backend.slot);
    }
  }
}
