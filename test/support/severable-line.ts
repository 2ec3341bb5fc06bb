import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** A TCP connection line to a port of this machine that can be cut as a network is: silently. */
export class SeverableLine {
  private readonly ends = new Set<Socket>();
  private readonly server = createServer((near) => this.join(near));
  private isCut = false;

  private constructor(private readonly target: number) {}

  static async to(target: number): Promise<SeverableLine> {
    const line = new SeverableLine(target);
    line.server.listen(0, '127.0.0.1');
    await once(line.server, 'listening');
    return line;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Bytes no longer arrive; connections stay open, also new ones, and nothing answers. */
  cut(): void {
    this.isCut = true;
    for (const end of this.ends) end.unpipe().pause();
  }

  /** What was open is reset, as it is when a network comes back after a while; new connections work. */
  restore(): void {
    this.isCut = false;
    for (const end of this.ends) end.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.restore();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(near: Socket): void {
    const far = connect(this.target, '127.0.0.1');
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.ends.add(end);
      end.on('error', () => undefined);
      end.once('close', () => {
        this.ends.delete(end);
        other.destroy();
      });
    }
    if (this.isCut) {
      near.pause();
      return;
    }
    near.pipe(far).pipe(near);
  }
}
