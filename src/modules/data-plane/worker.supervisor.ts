import { Worker } from 'node:worker_threads';
import {
  type BlockImage,
  type BlockImageKind,
  type BoundAddress,
  type DrainReport,
  type FromWorker,
  type ListeningSocket,
  NO_BLOCK_IMAGES,
  type Snapshot,
  summedReports,
  type ToWorker,
  type WorkerInit,
} from '../../common/contract/index.js';
import type { DataPlane } from './data-plane.js';
import { settleDeadWorker } from './dead-worker.js';
import type { SupervisorOptions } from './supervisor-options.js';
import { WorkerHandle, type WorkerStatus } from './worker.handle.js';

/** A worker that lived shorter than this is replaced with growing delay, so that a crash loop does not eat a core. */
const SHORT_LIFE_MS = 1_000;
const MAX_RESTART_DELAY_MS = 5_000;
/** A worker whose address is taken when it comes back tries again after this. */
const LISTEN_AGAIN_MS = 500;
/** A worker that has not answered this long after the deadline to drain hangs, and is ended. */
const DRAIN_GRACE_MS = 1_000;

/**
 * Keeps the data plane's workers alive and on the newest snapshot. A dead worker is settled and replaced at once;
 * the others never notice.
 */
export class WorkerSupervisor implements DataPlane {
  readonly mode = 'threads';
  private readonly handles: WorkerHandle[];
  private snapshot: Snapshot | null = null;
  private blocklists = NO_BLOCK_IMAGES;
  private isListening = false;
  private isDraining = false;
  /** What is to be done later, unless the balancer stops before. */
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(private readonly options: SupervisorOptions) {
    this.handles = Array.from({ length: options.workers }, (_, index) => new WorkerHandle(index));
  }

  /** Sends a snapshot to every worker; the first one starts them. */
  receive(snapshot: Snapshot): void {
    const isFirst = this.snapshot === null;
    this.snapshot = snapshot;
    if (isFirst) for (const handle of this.handles) this.spawn(handle);
    else this.broadcast({ type: 'snapshot', snapshot });
  }

  receiveBlocklist(kind: BlockImageKind, image: BlockImage | null): void {
    this.blocklists = { ...this.blocklists, [kind]: image };
    this.broadcast({ type: 'blocklist', kind, image });
  }

  oldestGeneration(): number {
    return Math.min(...this.handles.map((handle) => handle.generation));
  }

  /** Opens the listeners in every worker. Resolves with the bound addresses, rejects when a worker cannot bind. */
  async listen(adopted: readonly ListeningSocket[] = []): Promise<readonly BoundAddress[]> {
    this.isListening = true;
    const { listeners, workers } = this.options;
    for (const [index] of listeners.entries()) {
      // More than there are workers: some take several. Fewer: the others bind.
      const ofListener = adopted.filter(({ listener }) => listener === index);
      for (const [at, socket] of ofListener.entries()) this.handles[at % workers]!.adopts(socket);
    }
    const listening = this.handles.map((handle) => handle.whenListening());
    for (const handle of this.handles) handle.thread?.postMessage(handle.listenMessage());
    const [addresses] = await Promise.all(listening);
    return addresses ?? [];
  }

  async sockets(): Promise<readonly ListeningSocket[]> {
    return (await Promise.all(this.handles.map((handle) => handle.askSockets()))).flat();
  }

  /** Stops accepting, lets running exchanges finish, ends the workers. Returns what was cut. */
  async drain(deadlineMs: number): Promise<DrainReport> {
    this.isDraining = true;
    for (const timer of this.timers) clearTimeout(timer);
    const drained = this.handles.map((handle) => handle.whenDrained());
    this.broadcast({ type: 'drain', deadlineMs });
    const grace = setTimeout(() => this.endHanging(), deadlineMs + DRAIN_GRACE_MS);
    const reports = await Promise.all(drained);
    clearTimeout(grace);
    return summedReports(reports);
  }

  status(): readonly WorkerStatus[] {
    return this.handles.map((handle) => handle.status());
  }

  /** What they held is settled when they have ended. */
  private endHanging(): void {
    for (const { index, thread } of this.handles) {
      if (thread === null) continue;
      this.options.log.error({ worker: index }, 'worker hangs and is ended');
      void thread.terminate();
    }
  }

  private broadcast(message: ToWorker): void {
    for (const handle of this.handles) handle.thread?.postMessage(message);
  }

  private spawn(handle: WorkerHandle): void {
    const { memory, listeners, reusePort, entry } = this.options;
    const workerData: WorkerInit = {
      worker: handle.index,
      memory: memory.buffer,
      shape: memory.shape,
      listeners: reusePort || handle.index === 0 ? listeners : [],
      reusePort,
      accessLog: this.options.accessLog !== null,
      redis: this.options.redis,
      tracing: this.options.tracing,
      snapshot: this.snapshot!,
      blocklists: this.blocklists,
    };
    const thread = new Worker(entry, { workerData, name: `velocity-worker-${handle.index}` });
    handle.started(thread);
    thread.on('message', (message: FromWorker) => this.onMessage(handle, message));
    thread.on('error', (error) =>
      this.onFailure(handle, error instanceof Error ? error.message : String(error)),
    );
    thread.once('exit', (code) => this.onExit(handle, code));
    if (this.isListening) thread.postMessage(handle.listenMessage());
  }

  private onMessage(handle: WorkerHandle, message: FromWorker): void {
    switch (message.type) {
      case 'access-log':
        return this.options.accessLog?.accept(message.batch, message.records);
      case 'spans':
        return this.options.spans?.accept(message.batch, message.records);
      case 'running':
        return handle.runs(message.generation);
      case 'listening':
        return this.onListening(handle, message.addresses);
      case 'listen-failed':
        return this.onListenFailed(handle, message);
      case 'sockets':
        return handle.hasSockets(message.sockets);
      case 'policy-event':
        return this.options.events.accept(message.event, handle.index);
      case 'exchange-error':
        return this.options.log.error(
          { worker: handle.index, requestId: message.requestId, stack: message.message },
          'an exchange failed by a fault of the balancer',
        );
      case 'failed':
        return this.onFailure(handle, message.message);
      case 'drained':
        return handle.drained(message.report);
    }
  }

  private onListening(handle: WorkerHandle, addresses: readonly BoundAddress[]): void {
    handle.listens(addresses);
    this.options.log.info({ worker: handle.index, restarts: handle.status().restarts }, 'worker listens');
  }

  /** At the start this is for whoever waits for the listeners to decide; later nobody waits. */
  private onListenFailed(handle: WorkerHandle, failure: FromWorker & { type: 'listen-failed' }): void {
    const error = handle.failedToListen(this.options.listeners[failure.listener]!, failure);
    if (!handle.hasListened) return;
    this.options.log.error({ worker: handle.index, retryInMs: LISTEN_AGAIN_MS }, error.message);
    this.later(LISTEN_AGAIN_MS, () => handle.thread?.postMessage(handle.listenMessage()));
  }

  private onFailure(handle: WorkerHandle, reason: string): void {
    handle.lastError = reason;
    this.options.log.error({ worker: handle.index, reason }, 'worker failed');
  }

  private onExit(handle: WorkerHandle, code: number): void {
    const lifeMs = handle.exited();
    const lost = settleDeadWorker(this.options.memory, handle.index);
    if (this.isDraining) return handle.drained({ cut: lost, services: {} });
    const delayMs = lifeMs < SHORT_LIFE_MS ? restartDelayMs(handle.shortLives) : 0;
    this.options.log.error(
      { worker: handle.index, code, lostExchanges: lost, restartInMs: delayMs },
      'worker ended unexpectedly and is replaced',
    );
    if (delayMs === 0) return this.spawn(handle);
    this.later(delayMs, () => this.spawn(handle));
  }

  private later(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      act();
    }, delayMs);
    this.timers.add(timer);
  }
}

/** The first replacement comes at once, then 100 ms doubling up to 5 s. */
function restartDelayMs(shortLives: number): number {
  return shortLives <= 1 ? 0 : Math.min(MAX_RESTART_DELAY_MS, 100 * 2 ** (shortLives - 2));
}
