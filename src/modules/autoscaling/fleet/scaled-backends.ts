import type { AdminState, BackendStates } from '../../../common/contract/index.js';
import type { Publication, PublicationSource } from '../../data-plane/index.js';
import type { RegistryView } from '../../registry/index.js';

/** The `source` of backends that a fleet brings, and takes away. */
export const SCALING_SOURCE = 'scaling';

/** A backend as a fleet sees it. */
export interface ScaledBackend {
  readonly id: string;
  /** Normalised origin. */
  readonly url: string;
  /** false: somebody else's, typed in or found; it is never touched. */
  readonly isOurs: boolean;
  readonly state: AdminState;
  /** In the shared memory; -1: not published yet. */
  readonly slot: number;
  /** Takes requests. */
  readonly isAvailable: boolean;
  /** Exchanges there, over all workers of this balancer. */
  readonly inFlight: number;
}

/** The backends of services: what the registry wants beside what the shared memory shows. */
export class ScaledBackends {
  private indexed: Publication | null = null;
  private slots = new Map<string, number>();

  constructor(
    private readonly registry: { current(): RegistryView },
    private readonly publications: Pick<PublicationSource, 'current'>,
    private readonly states: Pick<BackendStates, 'isAvailable' | 'inFlight'>,
  ) {}

  /** null: there is no such service. */
  of(service: string): readonly ScaledBackend[] | null {
    const config = this.registry.current().services.find(({ name }) => name === service);
    if (config === undefined) return null;
    this.index();
    return config.backends.map(({ id, url, source, state }) => {
      const slot = this.slots.get(id) ?? -1;
      return {
        id,
        url,
        isOurs: source === SCALING_SOURCE,
        state,
        slot,
        isAvailable: slot >= 0 && this.states.isAvailable(slot),
        inFlight: this.inFlight(slot),
      };
    });
  }

  /** Exchanges at the holder of a slot, also when it is no longer published. */
  inFlight(slot: number): number {
    return slot < 0 ? 0 : this.states.inFlight(slot);
  }

  private index(): void {
    const publication = this.publications.current();
    if (publication === this.indexed) return;
    this.indexed = publication;
    this.slots = new Map();
    for (const { snapshot } of publication?.services ?? []) {
      for (const { id, slot } of snapshot.backends) this.slots.set(id, slot);
    }
  }
}
