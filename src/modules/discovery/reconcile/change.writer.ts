import { isVelocityError } from '../../../common/errors/index.js';
import { type RegistryService, refusalOfChanges } from '../../registry/index.js';
import { changeOf } from './change.note.js';
import type { ChangeUnit } from './plan.js';

/** So many culprits are looked for at a time: each costs some milliseconds, in which the control plane does nothing else. */
const MAX_CULPRITS = 20;

export interface WriteOutcome {
  readonly done: readonly ChangeUnit[];
  readonly refused: readonly { readonly unit: ChangeUnit; readonly reason: string }[];
  /** Others were not tried: look again. */
  readonly isPartial: boolean;
}

/**
 * Stores units of changes as one revision. What does not go together with the rest of the state is left out and told,
 * so that one broken finding holds up no other. Rejects with what a store that is away rejects with.
 */
export class ChangeWriter {
  constructor(private readonly registry: Pick<RegistryService, 'changeBackends' | 'current'>) {}

  async write(units: readonly ChangeUnit[]): Promise<WriteOutcome> {
    try {
      await this.store(units);
      return { done: units, refused: [], isPartial: false };
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
    const view = this.registry.current();
    const search = new CulpritSearch((tried) =>
      refusalOfChanges(
        view,
        tried.flatMap(({ changes }) => changes),
      ),
    );
    search.take(units);
    if (search.accepted.length > 0) await this.store(search.accepted);
    return { done: search.accepted, refused: search.refused, isPartial: search.isOver };
  }

  private async store(units: readonly ChangeUnit[]): Promise<void> {
    const changes = units.flatMap((unit) => unit.changes);
    await this.registry.changeBackends(changes, changeOf(units));
  }
}

/** Takes what goes together, halving what does not until the culprits stand alone. */
class CulpritSearch {
  accepted: readonly ChangeUnit[] = [];
  readonly refused: { unit: ChangeUnit; reason: string }[] = [];

  constructor(private readonly reasonAgainst: (units: readonly ChangeUnit[]) => string) {}

  /** No more culprits are looked for. */
  get isOver(): boolean {
    return this.refused.length >= MAX_CULPRITS;
  }

  take(units: readonly ChangeUnit[]): void {
    if (this.isOver) return;
    const reason = this.reasonAgainst([...this.accepted, ...units]);
    if (reason === '') {
      this.accepted = [...this.accepted, ...units];
    } else if (units[0] !== undefined && units.length === 1) {
      this.refused.push({ unit: units[0], reason });
    } else {
      const half = units.length >> 1;
      this.take(units.slice(0, half));
      this.take(units.slice(half));
    }
  }
}

/** The state was judged and found wanting, as opposed to a store that failed. */
function isRefusal(error: unknown): error is Error {
  return isVelocityError(error, 'CONFIG_INVALID') || isVelocityError(error, 'CAPACITY_EXCEEDED');
}
