import { Worker } from 'node:worker_threads';
import { Backoff } from '../../../common/backoff.js';
import type { AccessLogRecord } from '../../../common/contract/index.js';
import {
  type AccessLogStatus,
  type DurableAccessLogStatus,
  NOTHING_LOGGED,
} from '../access-log/access-log.status.js';
import { AccessLogShipper } from '../access-log/access-log.shipper.js';
import type { AnalyticsAnswer, AnalyticsQuery } from '../analytics/analytics-store.js';
import type { VelocityLogger } from '../application-log/velocity.logger.js';
import type { AccessLogFilter, LogPage, PageRequest } from '../log-stores.js';
import { Losses } from '../spool/losses.js';
import { WaitingBatches } from '../spool/waiting.batches.js';
import { LogStoreCells } from './log-store.cells.js';
import type {
  FromLogStore,
  LogStoreInit,
  LogStoreMethod,
  LogStoreMethods,
  ToLogStore,
} from './log-store.messages.js';
import { errorOf, PendingCalls, unavailable } from './pending.calls.js';

export interface LogStoreThreadOptions {
  /** Module that the thread runs. */
  readonly entry: URL;
  readonly init: Omit<LogStoreInit, 'cells'>;
  readonly log: VelocityLogger;
  /** Pauses before a thread that died is started again; default 100 ms doubling to 10 s, full jitter. */
  readonly backoff?: Backoff;
}

/** Records that were sent and not taken: more would be lost with the thread. */
const WINDOW_RECORDS = 16_384;
const LOOK_AGAIN_MS = 20;
/** A question that a store has not answered by then is not worth waiting for. */
const CALL_DEADLINE_MS = 30_000;
/** Beyond the deadline of a close: it writes to its disk, and ends. */
const CLOSE_GRACE_MS = 2_000;
/** One that lived longer is started again at once. */
const LONG_LIFE_MS = 10_000;

/** The last that a closing thread says. */
type End = FromLogStore & { type: 'closed' };

/**
 * The main thread's end of the log store: passes batches on, asks its questions, and starts it again when it dies. Batches
 * that it has not taken wait here, up to `maxBuffered` records.
 */
export class LogStoreThread extends AccessLogShipper {
  private readonly calls = new PendingCalls();
  private readonly waiting: WaitingBatches;
  private readonly losses: Losses;
  private readonly backoff: Backoff;
  private thread: Worker | null = null;
  private state: AccessLogStatus['thread'] = 'idle';
  private cells = new LogStoreCells();
  private sent = 0;
  private received = 0;
  private restarts = 0;
  private startedAt = 0;
  private status: DurableAccessLogStatus = NOTHING_LOGGED;
  /** Of threads that died. */
  private earlier: DurableAccessLogStatus = NOTHING_LOGGED;
  private failure = '';
  private timer: NodeJS.Timeout | null = null;
  private end: End | null = null;
  private readonly exited = Promise.withResolvers<void>();

  constructor(private readonly options: LogStoreThreadOptions) {
    super();
    this.waiting = new WaitingBatches(options.init.spool.maxBuffered);
    this.losses = new Losses(options.log);
    this.backoff = options.backoff ?? new Backoff({ baseMs: 100, maxMs: 10_000 });
  }

  override start(): void {
    if (this.state === 'idle') this.spawn();
  }

  override accept(batch: ArrayBuffer, records: number): void {
    this.received += records;
    if (this.state === 'closed') return this.losses.lose(records, 'the log is closed');
    const { maxBuffered } = this.options.init.spool;
    this.losses.lose(
      this.waiting.add({ bytes: batch, records }),
      `more than ${maxBuffered} records waited for their thread`,
    );
    this.pump();
  }

  override stats(): AccessLogStatus {
    const { status, earlier, losses, received } = this;
    const recovered = this.restarts === 0 ? status.recovered : earlier.recovered;
    const stored = earlier.stored + status.stored;
    const lost = earlier.lost + status.lost + losses.total;
    return {
      ...status,
      received,
      recovered,
      stored,
      lost,
      buffered: Math.max(0, received + recovered - stored - lost),
      corruptFrames: earlier.corruptFrames + status.corruptFrames,
      lastError: status.lastError || losses.lastReason || this.failure,
      lastStoredAt: Math.max(earlier.lastStoredAt, status.lastStoredAt),
      thread: this.state,
      threadRestarts: this.restarts,
    };
  }

  query(filter: AccessLogFilter, page: PageRequest): Promise<LogPage<AccessLogRecord>> {
    return this.call('query', filter, page);
  }

  analyze(query: AnalyticsQuery): Promise<AnalyticsAnswer> {
    return this.call('analyze', query);
  }

  override async close(deadlineMs: number): Promise<number> {
    const { thread } = this;
    const wasRunning = this.state === 'running' && thread !== null;
    if (wasRunning) this.pump(Infinity);
    this.state = 'closed';
    if (this.timer !== null) clearTimeout(this.timer);
    this.losses.lose(this.waiting.clear(), 'the thread that keeps the access log did not run at the end');
    if (!wasRunning) return 0;
    thread.postMessage({ type: 'close', deadlineMs } satisfies ToLogStore);
    const grace = setTimeout(() => void thread.terminate(), deadlineMs + CLOSE_GRACE_MS);
    // To its exit, and not to its last word: it closes the files of its store in between.
    await this.exited.promise;
    clearTimeout(grace);
    const { end } = this;
    if (end === null)
      this.options.log.error(
        {},
        'the thread that keeps the access log hung and was ended; the spool keeps what it has',
      );
    const left = end?.left ?? 0;
    if (left > 0)
      this.options.log.warn(
        { records: left },
        'access-log records stay in the spool and are stored after the next start',
      );
    return left;
  }

  private call<M extends LogStoreMethod>(
    method: M,
    ...args: Parameters<LogStoreMethods[M]>
  ): ReturnType<LogStoreMethods[M]> {
    const answer = this.calls.call(CALL_DEADLINE_MS, (id) => {
      if (this.thread === null) return this.calls.reject(id, unavailable('does not run'));
      this.thread.postMessage({ type: 'call', id, method, args } satisfies ToLogStore);
    });
    return answer as ReturnType<LogStoreMethods[M]>;
  }

  private spawn(): void {
    this.timer = null;
    this.cells = new LogStoreCells();
    this.sent = 0;
    this.startedAt = performance.now();
    const workerData: LogStoreInit = { ...this.options.init, cells: this.cells.buffer };
    const thread = new Worker(this.options.entry, { workerData, name: 'velocity-log-store' });
    this.thread = thread;
    this.state = 'running';
    thread.on('message', (message: FromLogStore) => this.onMessage(message));
    thread.on('error', (error) => (this.failure = error instanceof Error ? error.message : String(error)));
    thread.once('exit', () => this.onExit());
    this.pump();
  }

  /** Sends what waits, as far as the thread keeps up. */
  private pump(window = WINDOW_RECORDS): void {
    if (this.state !== 'running' || this.thread === null) return;
    while (!this.waiting.isEmpty && this.sent - this.cells.taken < window) {
      const { bytes, records } = this.waiting.take()!;
      this.sent += records;
      this.thread.postMessage({ type: 'batch', batch: bytes, records } satisfies ToLogStore, [bytes]);
    }
    if (this.waiting.isEmpty) return;
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.pump();
    }, LOOK_AGAIN_MS).unref();
  }

  private onMessage(message: FromLogStore): void {
    switch (message.type) {
      case 'log':
        return this.options.log[message.level](message.fields, message.message);
      case 'status':
        this.status = message.status;
        return;
      case 'answer':
        return this.calls.resolve(message.id, message.value);
      case 'fault':
        return this.calls.reject(message.id, errorOf(message.fault));
      case 'closed':
        this.status = message.status;
        this.end = message;
    }
  }

  private onExit(): void {
    this.thread = null;
    this.calls.rejectAll('has ended');
    if (this.state === 'closed') return this.exited.resolve();
    this.state = 'restarting';
    this.losses.lose(
      this.sent - this.cells.taken + this.cells.inMemory,
      `the thread that keeps the access log died: ${this.failure || 'it did not say why'}`,
    );
    this.keepCounts();
    this.restarts++;
    if (performance.now() - this.startedAt > LONG_LIFE_MS) this.backoff.reset();
    if (this.timer !== null) clearTimeout(this.timer);
    const restartInMs = Math.round(this.backoff.next());
    this.options.log.error(
      { reason: this.failure, restartInMs },
      'the thread that keeps the access log died and is started again',
    );
    this.timer = setTimeout(() => this.spawn(), restartInMs);
  }

  private keepCounts(): void {
    const { status, earlier } = this;
    this.earlier = {
      ...NOTHING_LOGGED,
      recovered: this.restarts === 0 ? status.recovered : earlier.recovered,
      stored: earlier.stored + status.stored,
      lost: earlier.lost + status.lost,
      corruptFrames: earlier.corruptFrames + status.corruptFrames,
      lastStoredAt: Math.max(earlier.lastStoredAt, status.lastStoredAt),
    };
    this.status = { ...NOTHING_LOGGED, lastError: this.failure };
  }
}
