import { type SystemStatus, SystemStatusPort } from '../modules/admin/index.js';
import type { BalancerFacts } from '../modules/coordination/index.js';
import type {
  BlocklistPublisher,
  DataPlane,
  LedgerReader,
  PublicationSource,
  SharedLimitsMonitor,
} from '../modules/data-plane/index.js';
import type { ReadinessSource } from '../modules/health/index.js';
import type { AccessLogShipper } from '../modules/logging/index.js';
import type { StoreConnection } from '../modules/registry/index.js';
import type { LoadWatch } from './load/load.watch.js';
import type { RunningState } from './running.state.js';

export interface StatusParts {
  readonly running: RunningState;
  readonly dataPlane: DataPlane;
  readonly publications: PublicationSource;
  readonly ledger: LedgerReader;
  readonly store: StoreConnection;
  readonly accessLog: AccessLogShipper;
  readonly limits: SharedLimitsMonitor;
  readonly blocklist: BlocklistPublisher;
  readonly load: Pick<LoadWatch, 'load'>;
}

/** Gathers the state of all parts, for the admin API, for readiness and for the other balancers. */
export class SystemState extends SystemStatusPort implements ReadinessSource, BalancerFacts {
  constructor(private readonly parts: StatusParts) {
    super();
  }

  status(): SystemStatus {
    const { running, dataPlane, publications, ledger, store, accessLog, limits, blocklist } = this.parts;
    const publication = publications.current();
    return {
      version: running.version,
      startedAt: running.startedAt,
      mode: dataPlane.mode,
      generation: publication?.snapshot.generation ?? 0,
      revision: publication?.revision ?? 0,
      workers: dataPlane.status(),
      listeners: running.listeners,
      ledger: ledger.totals(),
      store: { ...store.status(), driver: store.driver },
      accessLog: accessLog.stats(),
      sharedLimits: limits.status(),
      blocklist: blocklist.status(),
      configFile: running.configFile(),
    };
  }

  facts(): ReturnType<BalancerFacts['facts']> {
    const { running, publications } = this.parts;
    const { version, startedAt, admin } = running;
    const { revision = 0, snapshot } = publications.current() ?? {};
    const load = this.parts.load.load();
    const facts = { version, startedAt, admin, revision, generation: snapshot?.generation ?? 0 };
    return load === undefined ? facts : { ...facts, load };
  }

  workers(): { configured: number; listening: number } {
    const { running, dataPlane } = this.parts;
    const workers = dataPlane.status();
    const listening = workers.filter(({ state }) => state === 'listening').length;
    // A worker that drains has closed its listeners, though it still serves what runs.
    return { configured: workers.length, listening: running.isStopping ? 0 : listening };
  }

  generation(): number {
    return this.parts.publications.current()?.snapshot.generation ?? 0;
  }

  configError(): string | null {
    return this.parts.running.configFile()?.error || null;
  }
}
