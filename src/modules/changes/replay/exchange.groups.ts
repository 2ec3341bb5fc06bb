import type { AccessLogRecord } from '../../../common/contract/index.js';
import type { ReplayExample } from './replay.report.js';

const MAX_EXAMPLES = 3;

interface CountedGroup<T> {
  readonly what: T;
  count: number;
  readonly examples: ReplayExample[];
}

/** Counts exchanges that have something in common, and keeps examples of each group. */
export class ExchangeGroups<T extends object> {
  private readonly groups = new Map<string, CountedGroup<T>>();

  add(what: T, record: AccessLogRecord): void {
    const key = JSON.stringify(what);
    let group = this.groups.get(key);
    if (group === undefined) {
      group = { what, count: 0, examples: [] };
      this.groups.set(key, group);
    }
    group.count++;
    if (group.examples.length < MAX_EXAMPLES) group.examples.push(exampleOf(record));
  }

  /** Largest first. */
  list(): (T & { readonly count: number; readonly examples: readonly ReplayExample[] })[] {
    return [...this.groups.values()]
      .sort((a, b) => b.count - a.count)
      .map(({ what, count, examples }) => ({ ...what, count, examples }));
  }
}

function exampleOf({ method, host, path, requestId }: AccessLogRecord): ReplayExample {
  return { method, host, path, requestId };
}
