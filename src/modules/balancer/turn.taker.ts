import type { Rotation } from './rotation.js';
import type { BackendRuntime } from './backend-runtime.js';
import type { AlgorithmScope } from './algorithms/algorithm.js';
import { type PickTrace, Rule } from './trace/pick.trace.js';
import { TurnCursor } from './turn.cursor.js';
import { turnSequence } from './turn-sequence.js';

/** Walks a service's turns with the shared cursor. Built sequences are equal in all workers, so turns are exact over all of them. */
export class TurnTaker {
  readonly cursor: TurnCursor;
  private rotation: Rotation | null = null;
  private turns: Uint16Array = new Uint16Array(1);

  constructor(scope: AlgorithmScope) {
    this.cursor = new TurnCursor(scope.memory, scope.service.slot, scope.group ?? null);
  }

  /** The next backend whose turn it is. `shares` belongs to the rotation: the same list for the same rotation. */
  take(
    rotation: Rotation,
    shares: readonly number[],
    avoid: readonly BackendRuntime[],
    trace: PickTrace,
  ): BackendRuntime {
    const turns = this.turnsOf(rotation, shares);
    const place = this.cursor.take(turns.length);
    trace.rule = Rule.turn;
    trace.turns = turns;
    trace.place = place;
    const backend = rotation.backends[turns[place]!]!;
    if (avoid.length === 0 || !avoid.includes(backend)) return backend;
    return this.takeOther(rotation, place, avoid);
  }

  /** The sequence of a rotation. */
  turnsOf(rotation: Rotation, shares: readonly number[]): Uint16Array {
    if (rotation !== this.rotation) {
      this.turns = turnSequence(shares);
      this.rotation = rotation;
    }
    return this.turns;
  }

  /** A retry spends one turn as any pick does; the turns after it that it passes over are still to come. */
  private takeOther(rotation: Rotation, from: number, avoid: readonly BackendRuntime[]): BackendRuntime {
    const { turns } = this;
    for (let step = 1; step < turns.length; step++) {
      const backend = rotation.backends[turns[(from + step) % turns.length]!]!;
      if (!avoid.includes(backend)) return backend;
    }
    return rotation.backends[turns[from]!]!;
  }
}
