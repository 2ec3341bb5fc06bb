import type { HealthState } from '../../common/contract/index.js';
import type { BackendWatch } from './backend.watch.js';
import type { WatchedBackend } from './watch.plan.js';

/** Knows when every service of the first publication can be served, or is known not to be. */
export class FirstVerdicts {
  private readonly all = Promise.withResolvers<void>();
  /** Undecided backends by service; null before the first publication. */
  private undecided: Map<string, Set<string>> | null = null;

  get whenAll(): Promise<void> {
    return this.all.promise;
  }

  expect(services: readonly (readonly [name: string, watches: readonly BackendWatch[]])[]): void {
    this.undecided = new Map();
    for (const [name, watches] of services) {
      if (watches.some(({ judge }) => judge.health === 'healthy')) continue;
      const open = watches.filter(({ judge }) => judge.health === 'unknown').map(({ backend }) => backend.id);
      if (open.length > 0) this.undecided.set(name, new Set(open));
    }
    this.resolve();
  }

  /** A backend has a verdict, or (`unknown`) is not watched any more. */
  decided({ service, id }: WatchedBackend, health: HealthState): void {
    const open = this.undecided?.get(service);
    if (open === undefined) return;
    open.delete(id);
    if (health === 'healthy' || open.size === 0) this.undecided!.delete(service);
    this.resolve();
  }

  private resolve(): void {
    if (this.undecided?.size === 0) this.all.resolve();
  }
}
