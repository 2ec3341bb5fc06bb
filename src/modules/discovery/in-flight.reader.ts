import type { BackendStates } from '../../common/contract/index.js';
import type { Publication, PublicationSource } from '../data-plane/index.js';

/** How many exchanges run at a backend of this balancer, from the shared memory. */
export class InFlightReader {
  private indexed: Publication | null = null;
  private slots: ReadonlyMap<string, number> = new Map();

  constructor(
    private readonly publications: Pick<PublicationSource, 'current'>,
    private readonly states: Pick<BackendStates, 'inFlight'>,
  ) {}

  /** 0 for a backend that is not published. */
  of(backend: string): number {
    const publication = this.publications.current();
    if (publication !== this.indexed) {
      this.indexed = publication;
      const backends = (publication?.services ?? []).flatMap(({ snapshot }) => snapshot.backends);
      this.slots = new Map(backends.map(({ id, slot }) => [id, slot]));
    }
    const slot = this.slots.get(backend);
    return slot === undefined ? 0 : this.states.inFlight(slot);
  }
}
