import {
  type AffinityResult,
  BackendCell,
  GROUP_CHOICES,
  type GroupChoice,
  PICK_RULES,
  type PickKind,
  type PickRule,
  type ServiceSnapshot,
} from '../../../common/contract/index.js';
import type { BackendRuntime } from '../backend-runtime.js';
import { EMPTY_ROTATION, type Rotation } from '../rotation.js';
import { NO_PICTURE, type StatePicture } from './state-picture.js';

/** Of so many backends of a rotation, the first ones, a trace keeps what was in flight. */
export const TRACED = 32;

/** Which rule settled a pick; the index into `PICK_RULES`. */
export const Rule = {
  none: PICK_RULES.indexOf('none'),
  trial: PICK_RULES.indexOf('trial'),
  turn: PICK_RULES.indexOf('turn'),
  least: PICK_RULES.indexOf('least'),
  draw: PICK_RULES.indexOf('draw'),
  two: PICK_RULES.indexOf('two'),
  hash: PICK_RULES.indexOf('hash'),
  affinity: PICK_RULES.indexOf('affinity'),
} as const;

/** How the group of a split service was found; the index into `GROUP_CHOICES`. -1: the service is not split. */
export const Choice = {
  none: -1,
  header: GROUP_CHOICES.indexOf('header'),
  cookie: GROUP_CHOICES.indexOf('cookie'),
  share: GROUP_CHOICES.indexOf('share'),
  retry: GROUP_CHOICES.indexOf('retry'),
  open: GROUP_CHOICES.indexOf('open'),
} as const;

/** Of a service and of what was picked from, what a trace points at. */
export interface TracedService {
  readonly snapshot: ServiceSnapshot;
  readonly backends: readonly BackendRuntime[];
  /** null: it is not split. */
  readonly split: object | null;
  readonly limitsBackends: boolean;
}

export interface TracedSet {
  readonly rotations: { readonly picture: StatePicture };
}

/**
 * What a pick leaves behind, so that it can be told afterwards how it came about: written by the balancer and the
 * algorithm as they decide, in fields that are there already. What does not change any more (rotations, turns, states as
 * they were when the rotation was built) is only pointed at; counts are copied. Used again from pick to pick.
 *
 * With all that hangs on it, the records of one in a hundred included, the profiler finds 2.3% of an exchange's in-process
 * time in `bench wire-lane`.
 */
export class PickTrace {
  kind: PickKind = 'first';
  /** Further traces of the same exchange, or of a pool. */
  next: PickTrace | null = null;
  service: TracedService | null = null;
  /** What was picked from; null: nobody was asked. */
  set: TracedSet | null = null;
  rotation: Rotation = EMPTY_ROTATION;
  picture: StatePicture = NO_PICTURE;
  chosen: BackendRuntime | null = null;
  rule: number = Rule.none;
  groupChoice: number = Choice.none;
  group = '';
  affinity: AffinityResult = 'none';
  /** The order of turns and the place in it that was taken; null: no turns were looked at. */
  turns: Uint16Array | null = null;
  place = 0;
  /** Turns that were looked at for one with nothing in flight; 0: all backends were compared. */
  idleSteps = 0;
  /** Indexes into the rotation of those that were drawn; -1: none. */
  first = -1;
  second = -1;
  /** What was compared of them. */
  firstScore = 0;
  secondScore = 0;
  firstLoad = 0;
  secondLoad = 0;
  /** Whom the client's cookie names; null: nobody. */
  named: BackendRuntime | null = null;
  /** Of the key that a hash goes by. */
  hash = 0;
  bound = 0;
  /** Bits of the first {@link TRACED} of the rotation that were passed over. */
  tried = 0;
  full = 0;
  /** Exchanges in flight at the first {@link TRACED} of the rotation, as the pick saw them. */
  readonly inFlight = new Int32Array(TRACED);

  begin(service: TracedService): void {
    this.service = service;
    this.set = null;
    this.rotation = EMPTY_ROTATION;
    this.picture = NO_PICTURE;
    this.chosen = null;
    this.rule = Rule.none;
    this.groupChoice = Choice.none;
    this.turns = null;
    this.idleSteps = 0;
    this.named = null;
    this.first = -1;
    this.second = -1;
    this.hash = 0;
    this.bound = 0;
    this.tried = 0;
    this.full = 0;
  }

  /** Picks from this from now on. Plain reads: a count that is a moment old is what a pick sees, too. */
  look(set: TracedSet, rotation: Rotation, cells: Int32Array): void {
    this.set = set;
    this.rotation = rotation;
    this.picture = set.rotations.picture;
    const { backends } = rotation;
    const count = backends.length < TRACED ? backends.length : TRACED;
    for (let index = 0; index < count; index++) {
      this.inFlight[index] = cells[backends[index]!.row + BackendCell.inFlight]!;
    }
  }

  /** Notes who is passed over: those that were tried, and the others that are full. Where nobody is, it is not called. */
  passOver(
    { backends }: Rotation,
    tried: readonly BackendRuntime[],
    avoid: readonly BackendRuntime[] | null,
  ): void {
    this.tried = 0;
    this.full = 0;
    const count = backends.length < TRACED ? backends.length : TRACED;
    for (let index = 0; index < count; index++) {
      const backend = backends[index]!;
      if (avoid !== null && !avoid.includes(backend)) continue;
      if (tried.includes(backend)) this.tried |= 1 << index;
      else this.full |= 1 << index;
    }
  }

  settle(backend: BackendRuntime, affinity: AffinityResult, group: string): void {
    this.chosen = backend;
    this.affinity = affinity;
    this.group = group;
  }

  get ruleName(): PickRule {
    return PICK_RULES[this.rule]!;
  }

  get groupChoiceName(): GroupChoice | null {
    return this.groupChoice < 0 ? null : GROUP_CHOICES[this.groupChoice]!;
  }
}
