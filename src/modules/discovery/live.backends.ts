import type { BackendStates } from '../../common/contract/index.js';
import type { Publication, PublicationSource } from '../data-plane/index.js';
import type { Fitness } from './reconcile/plan.js';

/** How backends fare at this balancer, from the shared memory. */
export class LiveBackends {
  private indexed: Publication | null = null;
  private slots: ReadonlyMap<string, number> = new Map();

  constructor(
    private readonly publications: Pick<PublicationSource, 'current'>,
    private readonly states: Pick<BackendStates, 'health' | 'inFlight' | 'isAvailable'>,
  ) {}

  /** Exchanges there now; 0 for one that is not published. */
  inFlight(backend: string): number {
    const slot = this.slotOf(backend);
    return slot === undefined ? 0 : this.states.inFlight(slot);
  }

  /** `undecided` for one that is not published yet. */
  fitness(backend: string): Fitness {
    const slot = this.slotOf(backend);
    if (slot === undefined || this.states.health(slot) === 'unknown') return 'undecided';
    return this.states.isAvailable(slot) ? 'available' : 'out';
  }

  private slotOf(backend: string): number | undefined {
    const publication = this.publications.current();
    if (publication !== this.indexed) {
      this.indexed = publication;
      const backends = (publication?.services ?? []).flatMap(({ snapshot }) => snapshot.backends);
      this.slots = new Map(backends.map(({ id, slot }) => [id, slot]));
    }
    return this.slots.get(backend);
  }
}
