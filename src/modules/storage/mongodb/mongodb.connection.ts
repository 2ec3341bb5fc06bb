import type { Connection } from 'mongoose';
import { Backoff } from '../../../common/backoff.js';
import type { ReplicaSetOfOne } from '../../../common/config/index.js';
import { VelocityError } from '../../../common/errors/index.js';
import { noLongerThan } from '../../../common/patience.js';
import type { StoreConnection, StoreStatus } from '../../registry/index.js';
import { ConnectionState } from '../connection-state.js';
import { Deadline } from '../deadline.js';
import { RECONNECT_LIMITS } from '../reconnect-limits.js';
import type { StoreRetention } from '../retention.js';
import type { Place } from './bulk.writes.js';
import { isLog, prepareLogs } from './log-collections.js';
import { MODEL_NAMES, modelOf } from './models.js';
import { MongodbProblems } from './mongodb-problem.js';
import { initiateReplicaSet } from './replica-set.initiation.js';

export interface MongodbSettings {
  readonly uri: string;
  readonly database: string;
  /** What a server that was never initiated is made; absent: nothing. */
  readonly initiate?: ReplicaSetOfOne;
  readonly retention: StoreRetention;
}

/** Between two pings while connected. */
const WATCH_INTERVAL_MS = 2_000;
const WATCH_DEADLINE_MS = 1_500;
/** A call that took this long makes us ask whether the server is there at all ... */
const SUSPICION_MS = 200;
/** ... which it must answer in this time. Together: a server that hangs costs a caller less than a second. */
const SUSPECT_DEADLINE_MS = 700;
const SELECTION_MS = 800;
/** A start waits this long for the store; what is not ready by then, such as a new index, goes on in the background. */
const OPEN_DEADLINE_MS = 5_000;
/** Making the indexes of a large collection, which happens once, may take its time. */
const PREPARE_DEADLINE_MS = 600_000;

/**
 * A mongoose connection that may be absent at the start, die and come back. The state follows real pings and failed
 * calls, not the driver's `readyState`, which stays `connected` while a server hangs.
 */
export class MongodbConnection implements StoreConnection {
  readonly driver = 'mongodb';
  private readonly state = new ConnectionState();
  private readonly problems: MongodbProblems;
  private readonly backoff = new Backoff(RECONNECT_LIMITS);
  /** Rejects calls that run when the server goes away. */
  private readonly running = new Set<(error: unknown) => void>();
  private timer: NodeJS.Timeout | null = null;
  private checking: Promise<void> | null = null;
  private opened = false;
  private attempting: Promise<void> = Promise.resolve();
  private transactional = false;

  /** `connection` comes from `mongoose.createConnection()` and is not yet opened. */
  constructor(
    readonly connection: Connection,
    private readonly settings: MongodbSettings,
  ) {
    this.problems = new MongodbProblems(settings.uri);
  }

  /** By which servers and operators tell our sessions: all balancers of one database have the same. */
  get appName(): string {
    return `velocity/${this.settings.database}`;
  }

  /** Whether the server has transactions: a replica set or a sharded cluster, not a standalone server. */
  get hasTransactions(): boolean {
    return this.transactional;
  }

  /** A collection of our database, also while the server is away. */
  place(collection: string): Place {
    const { db } = this.connection;
    if (db === undefined) throw this.unavailable();
    return { db, collection };
  }

  async open(): Promise<void> {
    if (this.state.status.state !== 'closed') return;
    this.state.move('connecting');
    await noLongerThan(OPEN_DEADLINE_MS, this.retry());
  }

  async close(): Promise<void> {
    this.state.move('closed');
    this.schedule(null);
    this.cutCalls();
    await this.attempting;
    this.opened = false;
    await this.connection.close(true);
  }

  async ping(deadlineMs: number): Promise<void> {
    this.requireConnected();
    await this.guard(() => this.roundTrip(), deadlineMs);
  }

  status(): StoreStatus {
    return this.state.status;
  }

  onChange(listener: (status: StoreStatus) => void): void {
    this.state.onChange(listener);
  }

  /**
   * Runs commands. Rejects with STORE_UNAVAILABLE at once while the server is away, within a second when it turns out
   * to hang, and at the deadline in any case. The action may still be running then: it asks `abandoned` before it goes on.
   */
  async call<T>(deadlineMs: number, action: (call: RunningCall) => Promise<T>): Promise<T> {
    this.requireConnected();
    const suspicion = setTimeout(() => void this.check(SUSPECT_DEADLINE_MS), SUSPICION_MS);
    const call = { abandoned: false };
    try {
      return await this.guard(() => action(call), deadlineMs);
    } catch (error) {
      call.abandoned = true;
      const translated = this.problems.translate(error);
      if (translated !== error) void this.check(SUSPECT_DEADLINE_MS);
      throw translated;
    } finally {
      clearTimeout(suspicion);
    }
  }

  private requireConnected(): void {
    if (this.state.isConnected) return;
    throw this.unavailable();
  }

  private unavailable(): VelocityError {
    const { state, error } = this.state.status;
    return new VelocityError(
      'STORE_UNAVAILABLE',
      error === '' ? `The store is ${state}: try again in a few seconds.` : error,
    );
  }

  /** Settles with the action, with the deadline, or when the server goes away, whichever is first. */
  private guard<T>(action: () => Promise<T>, deadlineMs: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const deadline = new Deadline(deadlineMs, () =>
        settle(() => {
          reject(
            new VelocityError(
              'STORE_UNAVAILABLE',
              `MongoDB did not answer within ${deadlineMs} ms. Try again.`,
            ),
          );
        }),
      );
      const cut = (error: unknown) => settle(() => reject(error));
      const settle = (finish: () => void) => {
        deadline.cancel();
        this.running.delete(cut);
        finish();
      };
      this.running.add(cut);
      action().then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error)),
      );
    });
  }

  private cutCalls(): void {
    for (const cut of this.running) cut(this.unavailable());
  }

  /** Pings now; a ping that is under way is joined. */
  private check(deadlineMs: number): Promise<void> {
    if (!this.state.isConnected) return Promise.resolve();
    this.checking ??= this.guard(() => this.roundTrip(), deadlineMs)
      .catch((error: unknown) => this.leave(error))
      .finally(() => {
        this.checking = null;
      });
    return this.checking;
  }

  private leave(error: unknown): void {
    if (this.state.status.state === 'closed') return;
    const message = error instanceof VelocityError ? error.message : this.problems.describe(error);
    this.state.move('away', message);
    this.cutCalls();
    this.schedule(() => this.retry(), this.backoff.next());
  }

  private retry(): Promise<void> {
    this.attempting = this.attempt();
    return this.attempting;
  }

  private async attempt(): Promise<void> {
    try {
      await this.initiate();
      if (!this.opened) await this.connect();
      await this.guard(() => this.roundTrip(), WATCH_DEADLINE_MS);
      await this.guard(() => this.prepare(), PREPARE_DEADLINE_MS);
    } catch (error) {
      this.leave(error);
      return;
    }
    if (this.state.status.state === 'closed') return;
    this.backoff.reset();
    this.state.move('connected');
    this.watch();
  }

  private watch(): void {
    this.schedule(async () => {
      await this.check(WATCH_DEADLINE_MS);
      if (this.state.isConnected) this.watch();
    }, WATCH_INTERVAL_MS);
  }

  private schedule(action: (() => Promise<void>) | null, delayMs = 0): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = action === null ? null : setTimeout(() => void action(), delayMs).unref();
  }

  private async connect(): Promise<void> {
    await this.connection.openUri(this.settings.uri, {
      dbName: this.settings.database,
      appName: this.appName,
      bufferCommands: false,
      autoIndex: false,
      autoCreate: false,
      ignoreUndefined: true,
      maxPoolSize: 10,
      serverSelectionTimeoutMS: SELECTION_MS,
      connectTimeoutMS: 1_000,
      waitQueueTimeoutMS: 2_000,
      heartbeatFrequencyMS: 1_000,
      // Acknowledged means on disk, on most of the servers: what is confirmed to a caller survives a crash.
      writeConcern: { w: 'majority', journal: true },
      readConcern: { level: 'majority' },
    });
    this.opened = true;
  }

  /** At each attempt: a server that came back without its files is a new one. */
  private async initiate(): Promise<void> {
    const { uri, initiate } = this.settings;
    if (initiate !== undefined) await initiateReplicaSet(uri, initiate, SELECTION_MS);
  }

  private async roundTrip(): Promise<void> {
    await this.connection.db?.command({ ping: 1 });
  }

  /** At each connection: the server may have come back with other data, or with none. */
  private async prepare(): Promise<void> {
    const hello = await this.connection.db?.command({ hello: 1 });
    this.transactional = hello?.['setName'] !== undefined || hello?.['msg'] === 'isdbgrid';
    for (const name of MODEL_NAMES) {
      if (isLog(name)) continue;
      const model = modelOf(this.connection, name);
      await model.createCollection();
      await model.createIndexes();
    }
    await prepareLogs(this.connection, this.settings.retention);
  }
}

/** What an action sees of its own call. */
export interface RunningCall {
  /** Its caller was already told that it failed: change nothing more. */
  readonly abandoned: boolean;
}
