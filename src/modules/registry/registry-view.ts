import type { ServiceConfig } from '../../common/config/index.js';
import { EMPTY_STATE, type DesiredState } from './desired-state.js';
import type { Guard, Revision } from './registry-store.js';

/** The desired state as the balancer runs on it. */
export interface RegistryView {
  /** Of the state that is stored. Number 0: nothing was read from or written to a store yet. */
  readonly revision: Revision;
  readonly state: DesiredState;
  /** Defaults filled in; unchanged services stay the same objects from view to view. */
  readonly services: readonly ServiceConfig[];
  /** Hex secret that signs affinity cookies. */
  readonly affinitySecret: string;
  /** The change that has to prove itself now; null: none. */
  readonly guard: Guard | null;
  /** false: the store was away, and what runs is not (yet) what it holds. */
  readonly persisted: boolean;
}

export function emptyView(affinitySecret: string): RegistryView {
  const revision: Revision = {
    number: 0,
    time: Date.now(),
    origin: 'system',
    author: 'velocity',
    note: '',
    restores: 0,
    changes: [],
  };
  return { revision, state: EMPTY_STATE, services: [], affinitySecret, guard: null, persisted: false };
}

/** Whether nothing that anybody acts upon differs. */
export function isSameView(a: RegistryView, b: RegistryView): boolean {
  return (
    a.revision.number === b.revision.number &&
    a.persisted === b.persisted &&
    a.affinitySecret === b.affinitySecret &&
    a.services.length === b.services.length &&
    a.services.every((service, index) => service === b.services[index])
  );
}
