import { type BackendChange, SCALING_SOURCE } from '../../registry/index.js';
import { type Copy, counts } from './copy.js';
import type { FleetPlan } from './fleet.plan.js';
import type { ScaledBackend } from './scaled-backends.js';

export interface WantedChanges {
  readonly changes: readonly BackendChange[];
  /** Why, one sentence; empty without changes. */
  readonly note: string;
}

/** What the registry has to learn of a fleet: copies that answer, copies that are to be emptied, and those that are gone. */
export function wantedChanges(
  service: string,
  copies: readonly Copy[],
  backends: readonly ScaledBackend[],
  plan: Pick<FleetPlan, 'drain' | 'revive'>,
): WantedChanges {
  const leaving = new Set(plan.drain);
  const present = new Set(copies.filter(isThere).map(({ backend }) => backend?.id));
  const added = copies.filter((copy) => isNewBackend(copy) && !leaving.has(copy));
  const gone = backends.filter(({ id, isOurs }) => isOurs && !present.has(id));
  const drained = plan.drain.filter(isOurs);
  const changes: BackendChange[] = [
    ...gone.map(({ id }) => ({ kind: 'remove' as const, service, backend: id })),
    ...added.map(({ instance }) => ({
      kind: 'add' as const,
      service,
      backend: { url: instance.url!, source: SCALING_SOURCE },
    })),
    ...drained.map(({ backend }) => stateChange(service, backend!.id, 'draining')),
    ...plan.revive.map(({ backend }) => stateChange(service, backend!.id, 'enabled')),
  ];
  return { changes, note: noteOf(service, [added, drained, plan.revive, gone]) };
}

/** Answers, and nobody has told the registry yet. */
function isNewBackend(copy: Copy): boolean {
  const { instance, backend, memory } = copy;
  return (
    counts(copy) &&
    instance.state === 'running' &&
    instance.url !== null &&
    backend === null &&
    memory.answers
  );
}

/** Its backend stays until it is gone for good. */
function isThere({ instance, memory }: Copy): boolean {
  return !memory.hasFailed && instance.state !== 'failed';
}

function isOurs({ backend }: Copy): boolean {
  return backend !== null && backend.isOurs;
}

function stateChange(service: string, backend: string, state: 'draining' | 'enabled'): BackendChange {
  return { kind: 'patch', service, backend, patch: { state } };
}

const VERBS = ['comes in', 'is drained', 'comes back', 'is gone'];

/** `shop: 2 come in, one is drained` */
function noteOf(service: string, groups: readonly (readonly unknown[])[]): string {
  const parts = groups.flatMap((group, index) => {
    if (group.length === 0) return [];
    const verb = VERBS[index]!;
    return group.length === 1
      ? [`one ${verb}`]
      : [`${group.length} ${verb.replace('comes', 'come').replace('is', 'are')}`];
  });
  return parts.length === 0 ? '' : `${service}: ${parts.join(', ')}`;
}
