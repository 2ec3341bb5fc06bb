import type { Change } from './change.js';
import type { DesiredState } from './desired-state.js';
import { backendTag, requireMatch, serviceTag } from './entity-tags.js';
import { unchanged, type Propose } from './proposals.js';
import { backendOf, serviceOf, type BackendReference } from './state-change.js';

/** Makes the next state of the stored one; says whether a thing exists, not whether the state is valid. */
type Edit = (state: DesiredState) => DesiredState;

export function edited(change: Change, edit: Edit): Propose {
  return (stored) => {
    const proposal = unchanged(stored, change);
    return { ...proposal, state: edit(proposal.state) };
  };
}

/** The condition of the change is one on the service. */
export function editedService(name: string, change: Change, edit: Edit): Propose {
  return edited(change, (state) => {
    requireMatch(change, `Service ${name}`, serviceTag(serviceOf(state, name)));
    return edit(state);
  });
}

/** The condition of the change is one on the backend. */
export function editedBackend(target: BackendReference, change: Change, edit: Edit): Propose {
  return edited(change, (state) => {
    const tag = backendTag(backendOf(state, target));
    requireMatch(change, `Backend ${target.backend} of ${target.service}`, tag);
    return edit(state);
  });
}
