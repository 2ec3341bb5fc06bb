import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TestServerState } from './test-server.state.js';

/** RFC 6455 section 1.3. */
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const MAX_PAYLOAD_BYTES = 1024 * 1024;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;

/** Upgrades a request for `/ws`; anything else is answered with 404 and closed. */
export function acceptWebSocket(
  state: TestServerState,
  request: IncomingMessage,
  { socket, head }: { readonly socket: Duplex; readonly head: Buffer },
): void {
  const key = request.headers['sec-websocket-key'];
  const isWebSocket = request.headers.upgrade?.toLowerCase() === 'websocket' && key !== undefined;
  socket.on('error', () => socket.destroy());
  if (!isWebSocket || request.url?.split('?', 1)[0] !== '/ws') {
    socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    return;
  }
  const accept = createHash('sha1')
    .update(key + ACCEPT_GUID)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  );
  new WebSocketEcho(state, socket).receive(head);
}

/** Sends each frame of the client back, unmasked; answers pings and closing (RFC 6455 sections 5.2 and 5.5). */
class WebSocketEcho {
  private readonly socket: Duplex;
  private pending: Buffer = Buffer.alloc(0);

  constructor(state: TestServerState, socket: Duplex) {
    this.socket = socket;
    const goAway = () => this.close(1001);
    state.inFlight++;
    state.stopping.signal.addEventListener('abort', goAway);
    socket.on('data', (bytes: Buffer) => this.receive(bytes));
    socket.on('end', () => socket.end());
    socket.once('close', () => {
      state.inFlight--;
      state.stopping.signal.removeEventListener('abort', goAway);
    });
  }

  receive(bytes: Buffer): void {
    this.pending = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes]);
    while (this.socket.writable && this.takeFrame());
  }

  /** Handles one whole frame; false: more bytes are needed. */
  private takeFrame(): boolean {
    const { pending } = this;
    if (pending.length < 2) return false;
    const short = pending[1]! & 0x7f;
    const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
    const start = 2 + lengthBytes + 4;
    if (pending.length < start) return false;
    const length =
      short === 127 ? Number(pending.readBigUInt64BE(2)) : short === 126 ? pending.readUInt16BE(2) : short;
    if ((pending[1]! & 0x80) === 0) return this.close(1002);
    if (length > MAX_PAYLOAD_BYTES) return this.close(1009);
    if (pending.length < start + length) return false;
    const payload = Buffer.from(pending.subarray(start, start + length));
    for (let i = 0; i < length; i++) payload[i]! ^= pending[start - 4 + (i & 3)]!;
    this.pending = pending.subarray(start + length);
    this.reply(pending[0]!, payload);
    return true;
  }

  private reply(first: number, payload: Buffer): void {
    const opcode = first & 0x0f;
    if (opcode === PONG) return;
    if (opcode === PING) return this.send(0x80 | PONG, payload);
    this.send(first, payload);
    if (opcode === CLOSE) this.socket.end();
  }

  private close(code: number): false {
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    if (this.socket.writable) {
      this.send(0x80 | CLOSE, payload);
      this.socket.end();
    }
    return false;
  }

  private send(first: number, payload: Buffer): void {
    const { length } = payload;
    const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
    head[0] = first;
    if (head.length === 2) head[1] = length;
    else if (head.length === 4) {
      head[1] = 126;
      head.writeUInt16BE(length, 2);
    } else {
      head[1] = 127;
      head.writeBigUInt64BE(BigInt(length), 2);
    }
    if (this.socket.write(Buffer.concat([head, payload])) || this.socket.isPaused()) return;
    this.socket.pause();
    this.socket.once('drain', () => this.socket.resume());
  }
}
