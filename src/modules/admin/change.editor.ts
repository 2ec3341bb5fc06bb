import { Injectable } from '@nestjs/common';
import type { ParsedDesired } from '../../common/config/index.js';
import type { Plan } from '../changes/index.js';
import type { Change, RegistryView } from '../registry/index.js';
import { guardTermsIn, modeIn, refuseOthers, replayIn } from './change.query.js';
import { Answer } from './http/answer.js';
import { GuardPort, PlannerPort, RegistryPort } from './ports.js';
import { PublicationWaiter } from './publication.waiter.js';
import type { RawQuery } from './query.reader.js';
import type { AppliedResource, GuardStatusResource } from './resources/change.resource.js';
import { revisionNumber } from './revision.reader.js';

/** Changes of the state as a whole: planned, made, guarded, settled. Answers when what was changed runs. */
@Injectable()
export class ChangeEditor {
  constructor(
    private readonly registry: RegistryPort,
    private readonly planner: PlannerPort,
    private readonly guards: GuardPort,
    private readonly publication: PublicationWaiter,
  ) {}

  async plan({ state, notices }: ParsedDesired, query: RawQuery): Promise<Answer<Plan>> {
    refuseOthers(query, ['mode', 'replay']);
    return shown(await this.planner.plan({ desired: state, mode: modeIn(query) }, replayIn(query), notices));
  }

  async planRollback(number: string, query: RawQuery): Promise<Answer<Plan>> {
    refuseOthers(query, ['replay']);
    return shown(await this.planner.plan({ rollback: revisionNumber(number) }, replayIn(query)));
  }

  async apply(
    { state, notices }: ParsedDesired,
    query: RawQuery,
    change: Change,
  ): Promise<Answer<AppliedResource>> {
    const terms = guardTermsIn(query);
    const before = this.registry.current();
    const view = await this.registry.apply(state, { mode: modeIn(query) }, change, terms);
    return this.applied(before, view, notices);
  }

  async rollback(number: string, query: RawQuery, change: Change): Promise<Answer<AppliedResource>> {
    const terms = guardTermsIn(query);
    const before = this.registry.current();
    const view = await this.registry.rollback(revisionNumber(number), change, terms);
    return this.applied(before, view, []);
  }

  guardStatus(): GuardStatusResource {
    return this.guards.status() as GuardStatusResource;
  }

  async settle(verdict: 'confirmed' | 'reverted', change: Change): Promise<Answer<AppliedResource>> {
    const before = this.registry.current();
    return this.applied(before, await this.guards.settle(verdict, change), []);
  }

  private async applied(
    before: RegistryView,
    view: RegistryView,
    notices: readonly string[],
  ): Promise<Answer<AppliedResource>> {
    const { number, changes } = view.revision;
    await this.publication.published(number);
    const arrivals = await this.planner.arrivals(before, view);
    const resource: AppliedResource = {
      revision: number,
      // The state was this one already: the newest revision is somebody else's.
      changes: number === before.revision.number ? [] : [...changes],
      guard: view.guard?.revision === number ? view.guard : null,
      notices: [...notices, ...arrivals],
    };
    return new Answer(resource, { revision: number });
  }
}

function shown(plan: Plan): Answer<Plan> {
  return new Answer(plan, { revision: plan.base });
}
