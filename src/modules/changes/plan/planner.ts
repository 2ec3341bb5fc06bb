import { resolveGlobals, type ServiceConfig } from '../../../common/config/index.js';
import type { BackendStates, HealthState } from '../../../common/contract/index.js';
import { isVelocityError } from '../../../common/errors/index.js';
import type { BlocklistPublisher, PublicationSource } from '../../data-plane/index.js';
import type { AccessLogStore, HealthLogStore } from '../../logging/index.js';
import type { Preview, Proposed, RegistryService, RegistryView } from '../../registry/index.js';
import { newestExchanges } from '../replay/record.source.js';
import type { ReplayReport } from '../replay/replay.report.js';
import { BackendHistory, noticesOf } from './backend.history.js';
import type { Plan } from './plan.js';
import { serviceChanges } from './service.changes.js';
import { statePatch } from './state.patch.js';

/** As many as anybody waits for: 50,000 take some seconds. */
export const MAX_REPLAY = 50_000;
/** While others change the registry at once, a preview is made anew, so often. */
const MAX_AGAIN = 5;
/** More lines are no page to read. */
const MAX_LINES = 1_000;

export interface PlannerParts {
  readonly registry: Pick<RegistryService, 'current' | 'preview'>;
  readonly publications: Pick<PublicationSource, 'current'>;
  readonly states: BackendStates;
  readonly blocklist: Pick<BlocklistPublisher, 'imagesFor'>;
  readonly accessLog: Pick<AccessLogStore, 'query'>;
  readonly healthLog: Pick<HealthLogStore, 'query'>;
}

/** Tells what a change would do, without doing it. */
export class Planner {
  /** One replay at a time: each holds tens of thousands of records. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: PlannerParts) {}

  /**
   * `replay`: so many of the newest exchanges are decided anew; 0: none. `notices` go into the plan. Rejects with what the
   * change itself would reject with.
   */
  async plan(proposed: Proposed, replay: number, notices: readonly string[] = []): Promise<Plan> {
    const { preview, present } = await this.previewed(proposed);
    const healthOf = this.healthByBackend();
    const changed = serviceChanges(present.services, preview.services);
    const added = await new BackendHistory(this.parts.healthLog, healthOf).of(changed.addedBackends);
    const replayed = replay === 0 ? null : await this.replayed(present, preview, replay);
    return {
      base: preview.base.number,
      changes: capped(preview.changes),
      patch: await statePatch(present.state, preview.state),
      services: { added: changed.added, removed: changed.removed, changed: changed.changed },
      backends: { added, removed: changed.removedBackends },
      notices: [
        ...notices,
        ...noticesOf(added),
        ...noticesOfState(present, preview),
        ...noticesOfReplay(replayed),
      ],
      replay: typeof replayed === 'string' ? null : replayed,
    };
  }

  /** A preview, and the view that it was made on: somebody else may have changed something meanwhile. */
  private async previewed(proposed: Proposed): Promise<{ preview: Preview; present: RegistryView }> {
    for (let again = 0; ; again++) {
      const preview = await this.parts.registry.preview(proposed);
      const present = this.parts.registry.current();
      if (present.revision.number === preview.base.number || again === MAX_AGAIN) return { preview, present };
    }
  }

  /** What should be said of the backends that a change has just brought. */
  async arrivals(before: RegistryView, after: RegistryView): Promise<readonly string[]> {
    const { addedBackends } = serviceChanges(before.services, after.services);
    const history = new BackendHistory(this.parts.healthLog, this.healthByBackend());
    return noticesOf(await history.of(addedBackends));
  }

  /** The report, or why there is none. */
  private replayed(present: RegistryView, preview: Preview, count: number): Promise<ReplayReport | string> {
    const turn = this.last.then(() => this.replay(present, preview, count));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async replay(
    present: RegistryView,
    preview: Preview,
    count: number,
  ): Promise<ReplayReport | string> {
    try {
      // Loaded when asked for: it brings the whole data plane into the main thread.
      const { replayExchanges } = await import('../replay/exchange.replay.js');
      const records = await newestExchanges(this.parts.accessLog, count);
      const via = this.parts.publications.current()?.snapshot.via ?? '';
      const { affinitySecret } = present;
      const stateOf = async ({ services, state }: Pick<Preview, 'services' | 'state'>) => {
        const globals = resolveGlobals(state);
        const blockImages = await this.parts.blocklist.imagesFor({ globals, services });
        const { trustedProxies } = state;
        return { services, trustedProxies, globals, blockImages, affinitySecret, via };
      };
      const healthOf = this.healthByBackend();
      return await replayExchanges({
        present: await stateOf(present),
        proposed: await stateOf(preview),
        healthOf,
        records,
      });
    } catch (error) {
      if (!isVelocityError(error, 'STORE_UNAVAILABLE')) throw error;
      return `no exchange was replayed, because the access log cannot be read: ${error.message}`;
    }
  }

  private healthByBackend(): (backendId: string) => HealthState | null {
    const slots = new Map<string, number>();
    for (const { snapshot } of this.parts.publications.current()?.services ?? []) {
      for (const { id, slot } of snapshot.backends) slots.set(id, slot);
    }
    return (id) => {
      const slot = slots.get(id);
      return slot === undefined ? null : this.parts.states.health(slot);
    };
  }
}

function capped(changes: readonly string[]): readonly string[] {
  const hidden = changes.length - MAX_LINES;
  return hidden <= 0 ? changes : [...changes.slice(0, MAX_LINES), `and ${hidden} more changes`];
}

function noticesOfState(present: RegistryView, preview: Preview): readonly string[] {
  const isEmpty = ({ backends }: ServiceConfig) => backends.length === 0;
  const wereEmpty = new Set(present.services.filter(isEmpty).map(({ name }) => name));
  return preview.services
    .filter((service) => isEmpty(service) && !wereEmpty.has(service.name))
    .map(({ name }) => `service ${name} would have no backends, and answer 503`);
}

function noticesOfReplay(replayed: ReplayReport | string | null): readonly string[] {
  if (typeof replayed === 'string') return [replayed];
  if (replayed !== null && replayed.total === 0) return ['no exchange is recorded yet: nothing was replayed'];
  return [];
}
