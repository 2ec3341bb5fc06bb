import type { ServiceConfig } from '../../../common/config/index.js';
import type { AdminState, BackendStates } from '../../../common/contract/index.js';
import type { OtherBalancers } from '../../coordination/index.js';
import type { Publication, PublicationSource } from '../../data-plane/index.js';
import { type RegistryView, SCALING_SOURCE } from '../../registry/index.js';

/** Between two questions for what other balancers have at a backend that drains. */
const ASK_MS = 250;

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

export interface ScaledBackendsParts {
  readonly registry: { current(): RegistryView };
  readonly publications: Pick<PublicationSource, 'current'>;
  readonly states: Pick<BackendStates, 'isAvailable' | 'inFlight'>;
  readonly others: Pick<OtherBalancers, 'refresh' | 'inFlightAt' | 'areDoneWith'>;
}

/** The backends of services: what the registry wants beside what the shared memory shows. */
export class ScaledBackends {
  private published: Publication | null = null;
  private viewed: RegistryView | null = null;
  private slots = new Map<string, number>();
  private serviceSlots = new Map<string, number>();
  private services = new Map<string, ServiceConfig>();

  constructor(private readonly parts: ScaledBackendsParts) {}

  /** Of what the registry wants now. */
  get revision(): number {
    return this.parts.registry.current().revision.number;
  }

  /** null: there is no such service. */
  of(service: string): readonly ScaledBackend[] | null {
    this.index();
    const config = this.services.get(service);
    if (config === undefined) return null;
    return config.backends.map(({ id, url, source, state }) => {
      const slot = this.slots.get(id) ?? -1;
      return {
        id,
        url,
        isOurs: source === SCALING_SOURCE,
        state,
        slot,
        isAvailable: slot >= 0 && this.parts.states.isAvailable(slot),
        inFlight: this.inFlight(slot),
      };
    });
  }

  /** Exchanges at the holder of a slot, also when it is no longer published. */
  inFlight(slot: number): number {
    return slot < 0 ? 0 : this.parts.states.inFlight(slot);
  }

  /** Exchanges at a backend by way of other balancers, as they said last. */
  inFlightElsewhere(backend: string): number {
    return this.parts.others.inFlightAt(backend);
  }

  /**
   * Whether no other balancer sends anything to a backend any more, nor has anything there. What is not known is asked for,
   * so that another look soon tells.
   *
   * @param backend null: it never was one, and got nothing.
   * @param revision One in which it drains.
   * @param since Unix milliseconds, when it began to.
   */
  isLeftElsewhere(backend: string | null, revision: number, since: number): boolean {
    if (backend === null) return true;
    const isLeft = this.parts.others.areDoneWith(backend, revision, since);
    if (!isLeft) void this.parts.others.refresh(ASK_MS);
    return isLeft;
  }

  /** Place of a service in the shared memory; -1: it has none. */
  serviceSlot(service: string): number {
    this.index();
    return this.serviceSlots.get(service) ?? -1;
  }

  private index(): void {
    const view = this.parts.registry.current();
    if (view !== this.viewed)
      this.services = new Map(view.services.map((service) => [service.name, service]));
    this.viewed = view;
    const publication = this.parts.publications.current();
    if (publication === this.published) return;
    this.published = publication;
    this.slots = new Map();
    this.serviceSlots = new Map();
    for (const { snapshot } of publication?.services ?? []) {
      this.serviceSlots.set(snapshot.name, snapshot.slot);
      for (const { id, slot } of snapshot.backends) this.slots.set(id, slot);
    }
  }
}
