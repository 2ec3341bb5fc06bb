import type { ServerResponse } from 'node:http';

/** What may wait for a client that reads slowly; beyond it, it misses events. */
const MAX_BACKLOG_BYTES = 512 * 1024;
/** A client that takes nothing for so long is given up. */
const MAX_STALL_MS = 30_000;
/** How long a browser waits until it connects again. */
const RECONNECT_MS = 2_000;

/** An event, ready to be written to any number of streams. */
export type EncodedEvent = Buffer;

/** `data` is one line, as JSON has no line breaks. With an `id`, a client says it as `Last-Event-ID` when it comes again. */
export function encodeEvent(name: string, data: unknown, id = ''): EncodedEvent {
  const idLine = id === '' ? '' : `id: ${id}\n`;
  return Buffer.from(`event: ${name}\n${idLine}data: ${JSON.stringify(data)}\n\n`);
}

const HEARTBEAT = Buffer.from(': still here\n\n');

/** One open answer of server-sent events. Its memory is bounded: what a slow client cannot take is not sent. */
export class EventStream {
  /** Since when the client takes nothing, Unix milliseconds; 0: it does. */
  private stalledSince = 0;

  constructor(private readonly response: ServerResponse) {
    response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    // Else nginx collects what is to be seen at once.
    response.setHeader('X-Accel-Buffering', 'no');
    response.socket?.setNoDelay(true);
    response.write(`retry: ${RECONNECT_MS}\n\n`);
  }

  /** Whether it was sent: a client that is behind misses it. */
  send(event: EncodedEvent): boolean {
    if (this.response.writableEnded || this.response.destroyed) return false;
    if (this.response.writableLength > MAX_BACKLOG_BYTES) {
      this.stalled();
      return false;
    }
    this.stalledSince = 0;
    this.response.write(event);
    return true;
  }

  /** Keeps connections open through proxies, and finds out that a client is gone. */
  heartbeat(): void {
    this.send(HEARTBEAT);
  }

  end(): void {
    this.response.end();
  }

  get isEnded(): boolean {
    return this.response.writableEnded;
  }

  onClosed(listener: () => void): void {
    this.response.once('close', listener);
  }

  private stalled(): void {
    const now = Date.now();
    if (this.stalledSince === 0) this.stalledSince = now;
    else if (now - this.stalledSince > MAX_STALL_MS) this.response.destroy();
  }
}
