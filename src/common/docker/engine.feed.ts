import { setTimeout as delay } from 'node:timers/promises';
import { Backoff } from '../backoff.js';
import type { EngineClient } from './engine.client.js';
import { parseEngineEvent, type EngineEvent } from './engine-event.js';

const RECONNECT = { baseMs: 100, maxMs: 2_000 };
/** A stream that lived so long was a good one: what follows is tried at once. */
const GOOD_STREAM_MS = 5_000;
/** An engine that vanished without a word leaves a stream that is silent for ever. */
const SUPERVISION_MS = 30_000;

export interface EngineFeedListener {
  /** Events come from now on; what happened before is not among them. */
  connected(): void;
  event(event: EngineEvent): void;
  /** For people. Comes again with each attempt that fails. */
  away(problem: string): void;
}

/** What happens in an engine, as it tells it, over its restarts and whatever else breaks the stream. */
export class EngineFeed {
  private readonly stopping = new AbortController();
  private ended: Promise<void> | null = null;

  constructor(
    private readonly engine: EngineClient,
    /** As the Engine API has them for `/events`. */
    private readonly filters: Readonly<Record<string, string[]>>,
    private readonly listener: EngineFeedListener,
  ) {}

  start(): void {
    this.ended ??= this.follow();
  }

  /** Resolves when the connection is closed; nothing is called back from now on. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended;
  }

  private async follow(): Promise<void> {
    const backoff = new Backoff(RECONNECT);
    while (!this.isStopped) {
      const since = performance.now();
      const problem = await this.stream();
      if (this.isStopped) return;
      this.listener.away(problem);
      if (performance.now() - since >= GOOD_STREAM_MS) backoff.reset();
      await delay(backoff.next(), undefined, { signal: this.stopping.signal, ref: false }).catch(() => {});
    }
  }

  /** One connection from its beginning to its end; resolves with why it ended. */
  private async stream(): Promise<string> {
    const connection = new AbortController();
    const signal = AbortSignal.any([this.stopping.signal, connection.signal]);
    const supervision = setInterval(() => void this.supervise(connection), SUPERVISION_MS).unref();
    try {
      await this.engine.attempt(async (docker, abortSignal) => {
        const filters = Object.fromEntries(Object.entries(this.filters));
        const events = await docker.getEvents({ filters, abortSignal });
        abortSignal.addEventListener('abort', () => (events as NodeJS.ReadableStream & Closable).destroy());
        if (this.isStopped) return;
        this.listener.connected();
        await this.read(events);
      }, signal);
      return `the Docker engine at ${this.engine.where} ended its stream of events`;
    } catch (error) {
      return (error as Error).message;
    } finally {
      clearInterval(supervision);
      connection.abort();
    }
  }

  private async read(events: NodeJS.ReadableStream): Promise<void> {
    events.setEncoding('utf8');
    let rest = '';
    for await (const piece of events) {
      const lines = (rest + String(piece)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const event = parseEngineEvent(line);
        if (event !== null && !this.isStopped) this.listener.event(event);
      }
    }
  }

  private async supervise(connection: AbortController): Promise<void> {
    await this.engine.call((docker) => docker.ping()).catch((error: unknown) => connection.abort(error));
  }

  private get isStopped(): boolean {
    return this.stopping.signal.aborted;
  }
}

interface Closable {
  destroy(): void;
}
