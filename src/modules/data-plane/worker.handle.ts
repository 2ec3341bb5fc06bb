import type { Worker } from 'node:worker_threads';
import {
  type BoundAddress,
  type DrainReport,
  type FromWorker,
  type ListenerSettings,
  type ListeningSocket,
  NOTHING_CUT,
  type ToWorker,
} from '../../common/contract/index.js';
import { VelocityError } from '../../common/errors/index.js';
import { addressError } from './address.guard.js';

export interface WorkerStatus {
  readonly worker: number;
  readonly state: 'starting' | 'running' | 'listening' | 'dead';
  /** Node's id of the thread; -1: none runs. */
  readonly threadId: number;
  /** Generation of the snapshot it runs; 0: none yet. */
  readonly generation: number;
  readonly restarts: number;
  /** Unix milliseconds of the present thread's start. */
  readonly startedAt: number;
  readonly lastError: string;
}

/** So many threads in a row that ended at once, and the balancer cannot be started. */
const HOPELESS_LIVES = 5;

/** One place of the data plane, and the thread that holds it at present. */
export class WorkerHandle {
  thread: Worker | null = null;
  generation = 0;
  /** Threads in a row that ended within a second of their start. */
  shortLives = 0;
  lastError = '';
  /** Whether any thread of this place has listened: from then on it is repaired for as long as it takes. */
  hasListened = false;
  private adopted: readonly ListeningSocket[] = [];
  private sockets: PromiseWithResolvers<readonly ListeningSocket[]> | null = null;
  private starts = 0;
  private startedAt = 0;
  private state: WorkerStatus['state'] = 'dead';
  private listening = Promise.withResolvers<readonly BoundAddress[]>();
  private readonly drain = Promise.withResolvers<DrainReport>();

  constructor(readonly index: number) {
    this.listening.promise.catch(() => undefined);
  }

  started(thread: Worker): void {
    this.thread = thread;
    this.state = 'starting';
    this.startedAt = Date.now();
    this.starts++;
  }

  runs(generation: number): void {
    this.generation = generation;
    if (this.state === 'starting') this.state = 'running';
  }

  listens(addresses: readonly BoundAddress[]): void {
    this.state = 'listening';
    this.hasListened = true;
    this.listening.resolve(addresses);
  }

  failedToListen(listener: ListenerSettings, failure: FromWorker & { type: 'listen-failed' }): VelocityError {
    const error = addressError(
      listener.host,
      listener.port,
      Object.assign(new Error(failure.message), { code: failure.code }),
    );
    this.lastError = error.message;
    this.listening.reject(error);
    return error;
  }

  /** One more socket to listen on. Without any for a listener, it binds. */
  adopts(socket: ListeningSocket): void {
    this.adopted = [...this.adopted, socket];
  }

  /** To say to a thread that shall listen. Sockets that a thread before it had adopted went with it. */
  listenMessage(): ToWorker {
    return { type: 'listen', adopted: this.hasListened ? [] : this.adopted };
  }

  /** The sockets that the thread listens on; none when it ends before it answers. */
  askSockets(): Promise<readonly ListeningSocket[]> {
    if (this.thread === null) return Promise.resolve([]);
    this.sockets = Promise.withResolvers();
    this.thread.postMessage({ type: 'sockets' } satisfies ToWorker);
    return this.sockets.promise;
  }

  hasSockets(sockets: readonly ListeningSocket[]): void {
    this.sockets?.resolve(sockets);
    this.sockets = null;
  }

  /** Returns how long the thread lived, milliseconds. */
  exited(): number {
    const lifeMs = Date.now() - this.startedAt;
    this.shortLives = lifeMs < 1_000 ? this.shortLives + 1 : 0;
    this.thread = null;
    this.generation = 0;
    this.state = 'dead';
    this.hasSockets([]);
    // Its sockets are closed: nobody can say what became of those that waited in them.
    const hasLostSockets = this.adopted.length > 0 && !this.hasListened;
    if (this.shortLives === HOPELESS_LIVES || hasLostSockets) this.listening.reject(this.hopeless());
    return lifeMs;
  }

  drained(report: DrainReport): void {
    this.drain.resolve(report);
  }

  whenListening(): Promise<readonly BoundAddress[]> {
    return this.listening.promise;
  }

  whenDrained(): Promise<DrainReport> {
    if (this.thread === null) this.drain.resolve(NOTHING_CUT);
    return this.drain.promise;
  }

  status(): WorkerStatus {
    return {
      worker: this.index,
      state: this.state,
      threadId: this.thread?.threadId ?? -1,
      generation: this.generation,
      restarts: Math.max(0, this.starts - 1),
      startedAt: this.startedAt,
      lastError: this.lastError,
    };
  }

  private hopeless(): VelocityError {
    return new VelocityError(
      'WORKER_FAILED',
      `Worker ${this.index} ended ${this.shortLives} times in a row before it could serve. ` +
        `Its last error: ${this.lastError || 'none was reported'}`,
    );
  }
}
