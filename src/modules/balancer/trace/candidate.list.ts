import { DECISION_LIMITS } from '../../../common/contract/index.js';
import type { BackendRuntime } from '../backend-runtime.js';
import { type PickTrace, TRACED } from './pick.trace.js';

/** Of many backends so many that are out are listed, and the rest are those in rotation. */
const OUTSIDERS = 8;

/** One backend that a decision lists. */
export interface Listed {
  readonly backend: BackendRuntime;
  /** Of the rotation; -1: it is not in it. */
  readonly index: number;
}

/**
 * The backends of the service that a decision lists, in the order of the configuration: all when they are few; of many the
 * one that was picked, those that were drawn, the first in rotation, and the first that are out.
 */
export function listedBackends(trace: PickTrace): readonly Listed[] {
  const { rotation, service } = trace;
  const places = new Map(rotation.backends.map((backend, index) => [backend, index]));
  const all = service!.backends;
  if (all.length <= DECISION_LIMITS.candidates) return all.map((backend) => listed(backend, places));
  const kept = new Set<BackendRuntime>(matteringIn(trace));
  const outsiders = all.filter((backend) => !places.has(backend)).slice(0, OUTSIDERS);
  for (const backend of outsiders) add(kept, backend);
  // Only of these it is known what was in flight.
  for (const backend of rotation.backends.slice(0, TRACED)) add(kept, backend);
  return all.filter((backend) => kept.has(backend)).map((backend) => listed(backend, places));
}

function matteringIn({ rotation, chosen, named, first, second }: PickTrace): BackendRuntime[] {
  const drawn = [first, second].flatMap((index) => rotation.backends[index] ?? []);
  return [chosen, named, ...drawn].filter((backend) => backend !== null);
}

function add(kept: Set<BackendRuntime>, backend: BackendRuntime): void {
  if (kept.size < DECISION_LIMITS.candidates) kept.add(backend);
}

function listed(backend: BackendRuntime, places: ReadonlyMap<BackendRuntime, number>): Listed {
  return { backend, index: places.get(backend) ?? -1 };
}
