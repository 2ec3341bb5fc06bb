import { isVelocityError } from '../../../common/errors/index.js';
import { type RegistryService, refusalOfChanges } from '../../registry/index.js';
import { changeOf } from './change.note.js';
import type { ChangeUnit } from './plan.js';

/** So many culprits are looked for one by one; what is left then is refused with the last reason. */
const MAX_CULPRITS = 20;

export interface WriteOutcome {
  readonly done: readonly ChangeUnit[];
  readonly refused: readonly { readonly unit: ChangeUnit; readonly reason: string }[];
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
      return { done: units, refused: [] };
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
    return { done: search.accepted, refused: search.refused };
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

  take(units: readonly ChangeUnit[]): void {
    const reason = this.reasonAgainst([...this.accepted, ...units]);
    if (reason === '') {
      this.accepted = [...this.accepted, ...units];
    } else if (units.length === 1 || this.refused.length >= MAX_CULPRITS) {
      this.refused.push(...units.map((unit) => ({ unit, reason })));
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
