import { setImmediate as nextTurn } from 'node:timers/promises';
import { isVelocityError } from '../../../common/errors/index.js';
import type { LogRetention } from '../retention.js';
import type { SqliteAccessLogStore } from './access-log/sqlite-access-log.store.js';
import type {
  SqliteAuditLogStore,
  SqliteHealthLogStore,
  SqliteScalingLogStore,
} from './sqlite-log.stores.js';

const INTERVAL_MS = 60_000;

/** Removes log rows and roll-ups that are older than the retention, once a minute and in small steps. */
export class RetentionSweeper {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private isStopped = false;

  constructor(
    /** Those of one file: the access log has one of its own, in another thread. */
    private readonly stores: {
      readonly accessLog?: SqliteAccessLogStore;
      readonly healthLog?: SqliteHealthLogStore;
      readonly auditLog?: SqliteAuditLogStore;
      readonly scalingLog?: SqliteScalingLogStore;
    },
    private readonly retention: LogRetention,
    /** Told of a sweep that failed for another reason than a store that is away. */
    private readonly onFault: (error: unknown) => void,
  ) {}

  start(): void {
    this.timer ??= setInterval(() => void this.sweep(), INTERVAL_MS).unref();
  }

  /** Resolves when a sweep that runs has ended. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.isStopped = true;
    await this.running;
  }

  /** One sweep now; a sweep that runs already is joined. Does nothing while the store is away. */
  sweep(): Promise<void> {
    this.running ??= this.removeOld().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async removeOld(): Promise<void> {
    const { accessLogMs, healthLogMs, auditLogMs, scalingLogMs } = this.retention;
    const { accessLog, healthLog, auditLog, scalingLog } = this.stores;
    try {
      if (accessLogMs > 0) await accessLog?.removeBefore(Date.now() - accessLogMs);
      await accessLog?.removeRollups(Date.now());
      // What nothing more was stored behind, as those are made with what is stored.
      while (!this.isStopped && (await accessLog?.makeIndex())) await nextTurn();
      if (healthLogMs > 0) await healthLog?.removeBefore(Date.now() - healthLogMs);
      if (auditLogMs > 0) await auditLog?.removeBefore(Date.now() - auditLogMs);
      if (scalingLogMs > 0) await scalingLog?.removeBefore(Date.now() - scalingLogMs);
    } catch (error) {
      // The connection tells why it is away; the next sweep catches up.
      if (!isVelocityError(error, 'STORE_UNAVAILABLE')) this.onFault(error);
    }
  }
}
