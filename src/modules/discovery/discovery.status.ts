import type { DiscoveryProblem } from './found.js';
import type { FindingOutcome, SourceState } from './reconcile/plan.js';

/** A source as people see it. Several entries of one name are one. */
export interface SourceStatus {
  readonly name: string;
  /** Why it cannot look now; empty: all is well. */
  readonly problem: string;
  readonly backends: readonly Omit<FindingOutcome, 'source'>[];
  readonly problems: readonly DiscoveryProblem[];
}

export interface DiscoveryStatus {
  readonly sources: readonly SourceStatus[];
}

export const NO_DISCOVERY: DiscoveryStatus = { sources: [] };

/** What all sources know and what became of it, by name; backends by service and URL. */
export function statusOf(
  states: readonly (SourceState & { readonly problem: string })[],
  outcomes: readonly FindingOutcome[],
): DiscoveryStatus {
  const byName = Map.groupBy(outcomes, ({ source }) => source);
  const names = new Set([...states.map(({ name }) => name), ...byName.keys()]);
  const sources = [...names].sort().map((name) => {
    const entries = states.filter((state) => state.name === name);
    const gone = entries.length === 0 ? ['is configured no more'] : [];
    const problems = [...gone, ...entries.map(({ problem }) => problem).filter((problem) => problem !== '')];
    return {
      name,
      problem: [...new Set(problems)].join('; '),
      backends: (byName.get(name) ?? []).map(({ source: _source, ...rest }) => rest).sort(byPlace),
      problems: entries.flatMap(({ findings }) => findings?.problems ?? []),
    };
  });
  return { sources };
}

function byPlace(a: Omit<FindingOutcome, 'source'>, b: Omit<FindingOutcome, 'source'>): number {
  return compare(a.service, b.service) || compare(a.url, b.url);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
