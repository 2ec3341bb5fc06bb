import { Socket, type TcpNetConnectOpts } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { ReadBuffers } from './read-buffers.js';

/** Whoever a socket belongs to. Nothing is called after `closed`. */
export interface SocketOwner {
  /** Bytes have arrived at `bytes[0]` to `bytes[length - 1]`. They may be gone after the call. */
  bytesArrived(bytes: Buffer, length: number): void;
  /** The other side has said its end. */
  endArrived(): void;
  /** Everything that had been sent has been taken by the kernel. Called after a `send` that said false. */
  flushed(): void;
  closed(): void;
}

/**
 * Up to this many bytes a piece goes out as text: one write with its head, and no buffer that must stay untouched. Never less
 * than the shared buffer has, nor than a record of TLS: these are overwritten whether or not a piece has been flushed.
 */
export const MAX_TEXT_BYTES = 16_384;

const NOTHING = Buffer.alloc(0);

/**
 * A connection as the wire lane uses one: reads land in a buffer of ours (`onread`), writes say whether the kernel took
 * them at once. A buffer of bytes per read and the stream's queue are what this saves: measured on a bare relay, a third
 * of the time in user space.
 */
export class WireSocket {
  isPaused = false;
  /** Where the next read goes. */
  private buffer: Buffer;
  /** A larger one of this connection's own, while a large body streams. */
  private large: Buffer | null = null;
  private isAwaitingFlush = false;
  private isClosed = false;

  private constructor(
    readonly socket: Socket,
    private readonly buffers: ReadBuffers,
    readonly owner: SocketOwner,
    /** null: reads the ordinary way. */
    private readonly reader: Reader | null,
  ) {
    this.buffer = buffers.shared;
    if (reader !== null) reader.attach(this, socket);
    socket.on('end', () => this.owner.endArrived());
    socket.on('close', () => this.onClose());
    // What an error means is told by the `close` that follows.
    socket.on('error', ignore);
  }

  /** Takes over what the kernel has accepted, as `handle` of Node's listening socket. See `accept-door.ts`. */
  static overHandle(handle: unknown, buffers: ReadBuffers, owner: SocketOwner): WireSocket {
    const reader = new Reader(buffers.shared);
    const socket = new Socket({ handle, onread: reader } as object);
    return new WireSocket(socket, buffers, owner, reader);
  }

  /** Reads from a socket the ordinary way. */
  static overStream(socket: Socket, buffers: ReadBuffers, owner: SocketOwner): WireSocket {
    const wire = new WireSocket(socket, buffers, owner, null);
    wire.buffer = NOTHING;
    socket.on('data', (chunk: Buffer) => owner.bytesArrived(chunk, chunk.length));
    return wire;
  }

  /** Connects. `connected` is called once the connection stands, the handshake of TLS included. */
  static connect(
    options: TcpNetConnectOpts & ConnectionOptions,
    isSecure: boolean,
    buffers: ReadBuffers,
    owner: SocketOwner & { connected(): void },
  ): WireSocket {
    const reader = new Reader(buffers.shared);
    const withReader = { ...options, onread: reader };
    const socket = isSecure
      ? // Loaded with the first backend that needs it: 2 MiB of a worker.
        process.getBuiltinModule('node:tls').connect(withReader, () => owner.connected())
      : new Socket(withReader as object).connect(withReader, () => owner.connected());
    return new WireSocket(socket, buffers, owner, reader);
  }

  /** Sends text, a byte per character. Whether the kernel took all of it, and of what was sent before, at once. */
  send(text: string): boolean {
    this.socket.write(text, 'latin1');
    return this.isFlushed();
  }

  /** Sends what belongs to one message in one system call. The bytes must stay as they are until they are flushed. */
  sendFramed(before: string, bytes: Buffer, after: string): boolean {
    this.socket.cork();
    this.socket.write(before, 'latin1');
    this.socket.write(bytes);
    if (after !== '') this.socket.write(after, 'latin1');
    this.socket.uncork();
    return this.isFlushed();
  }

  pause(): void {
    this.isPaused = true;
    this.socket.pause();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.socket.resume();
  }

  /** More is coming than fits the shared buffer: reads go to a larger one of this connection's own from now on. */
  enlarge(): void {
    if (this.buffer !== this.buffers.shared) return;
    this.large ??= this.buffers.takeLarge();
    this.buffer = this.large;
  }

  /** No more is coming: reads go to the shared buffer again, and what lies in the larger one stays as it is. */
  narrow(): void {
    if (this.large !== null) this.buffer = this.buffers.shared;
  }

  /** Does without the larger buffer. `isReusable`: nothing that lies in it is needed, and no read will go there. */
  shrink(isReusable: boolean): void {
    const { large } = this;
    if (large === null) return;
    this.large = null;
    this.buffer = this.buffers.shared;
    if (isReusable) this.buffers.give(large);
  }

  /**
   * Whether the larger buffer is being read from, or would take one more read: Node asks for the next buffer when a read has
   * been dealt with, and never in between.
   */
  get readsLarge(): boolean {
    return this.large !== null && !this.isClosed && this.reader?.current === this.large;
  }

  /** Makes it an ordinary socket again, paused, for others to read from as a stream. */
  release(): Socket {
    const { socket } = this;
    socket.removeAllListeners('end').removeAllListeners('close').removeAllListeners('error');
    socket.removeAllListeners('data').on('error', ignore);
    if (this.reader !== null) this.reader.wire = null;
    return socket.pause();
  }

  /** Says the end behind what has been sent. */
  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  get isDestroyed(): boolean {
    return this.isClosed || this.socket.destroyed;
  }

  /** For {@link Reader}. */
  get nextBuffer(): Buffer {
    return this.buffer;
  }

  private isFlushed(): boolean {
    if (this.socket.writableLength === 0) return true;
    this.awaitFlush();
    return false;
  }

  /** An empty write is done when all before it are; the stream's own `drain` comes only after more than its mark. */
  private awaitFlush(): void {
    if (this.isAwaitingFlush) return;
    this.isAwaitingFlush = true;
    const { socket } = this;
    // Node ends a socket by itself when the other side has said its end: nothing may be written then.
    if (socket.writableEnded) socket.once('finish', () => this.onFlush());
    else socket.write(NOTHING, () => this.onFlush());
  }

  private onFlush(): void {
    this.isAwaitingFlush = false;
    if (this.isDestroyed) return;
    if (this.socket.writableLength > 0) this.awaitFlush();
    else this.owner.flushed();
  }

  private onClose(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.owner.closed();
  }
}

/** What Node's `onread` takes: where the next read goes, and who is told of it. */
class Reader {
  /** null: nobody of ours reads any more. */
  wire: WireSocket | null = null;
  /** Where the next read goes, or the one that is being dealt with has gone. */
  current: Buffer | null = null;
  private socket: Socket | null = null;
  private hasRead = false;

  constructor(private readonly first: Buffer) {}

  attach(wire: WireSocket, socket: Socket): void {
    this.wire = wire;
    this.socket = socket;
  }

  /**
   * Asked before the first read and after each; undefined: the same again, which saves Node from looking at it. Before the
   * first read each call is for another handle: one is made for every address that is tried.
   */
  readonly buffer = (): Buffer | undefined => {
    const next = this.wire === null ? this.first : this.wire.nextBuffer;
    if (next === this.current && this.hasRead) return undefined;
    this.current = next;
    return next;
  };

  /** false: Node stops reading until the stream is read from. */
  readonly callback = (length: number, bytes: Buffer): boolean => {
    this.hasRead = true;
    if (this.wire === null) return this.socket!.push(Buffer.from(bytes.subarray(0, length)));
    this.wire.owner.bytesArrived(bytes, length);
    return true;
  };
}

function ignore(): void {}
