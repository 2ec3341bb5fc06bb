import net from 'node:net';

const HEAD_END = '\r\n\r\n';
const READ_BYTES = 65_536;

export interface PacedEvents {
  onAnswer(connection: PacedConnection, isOk: boolean): void;
  onBroken(connection: PacedConnection): void;
}

/** A keep-alive connection with one request at a time. Reads answers that have a Content-Length. */
export class PacedConnection {
  readonly opened: Promise<void>;
  /** When the request came, on the clock of `performance.now()`. */
  arrivedAt = 0;
  sentAt = 0;
  isBusy = false;
  private readonly socket: net.Socket;
  private readonly request: string;
  private pending = '';

  constructor(
    port: number,
    private readonly events: PacedEvents,
  ) {
    this.request = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    const callback = (length: number) => this.onRead(buffer.toString('latin1', 0, length));
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } });
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('connect', resolve);
      // Later errors come with `close`, which tells.
      this.socket.on('error', reject);
    });
    this.socket.on('close', () => events.onBroken(this));
  }

  send(arrivedAt: number, now: number): void {
    this.arrivedAt = arrivedAt;
    this.sentAt = now;
    this.isBusy = true;
    this.socket.write(this.request, 'latin1');
  }

  close(): void {
    this.socket.destroy();
  }

  private onRead(text: string): boolean {
    const answer = this.pending + text;
    const headEnd = answer.indexOf(HEAD_END);
    const length = headEnd === -1 ? -1 : lengthOf(answer.slice(0, headEnd));
    if (length === -1 || answer.length < headEnd + HEAD_END.length + length) {
      this.pending = answer;
      return true;
    }
    this.pending = '';
    this.isBusy = false;
    this.events.onAnswer(this, answer.startsWith('HTTP/1.1 200'));
    return true;
  }
}

/** -1 when the head has none. */
function lengthOf(head: string): number {
  const at = head.toLowerCase().indexOf('\r\ncontent-length:');
  return at === -1 ? -1 : Number.parseInt(head.slice(at + 17), 10);
}
