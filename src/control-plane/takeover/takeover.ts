import { StringDecoder } from 'node:string_decoder';
import { getSystemErrorName } from 'node:util';
import type { ListeningSocket } from '../../common/contract/index.js';
import { VelocityError } from '../../common/errors/index.js';
import { type NodeHandles, openNodeHandles, type PipeHandle, type SocketHandle } from './node-handles.js';
import {
  type TakenAddresses,
  TAKEOVER_VERSION,
  takeoverPath,
  type ToNew,
  type ToRunning,
} from './takeover.messages.js';

/** The running balancer answers each step within a moment; one that does not hangs. */
const ANSWER_MS = 15_000;

/** Sockets that another process has handed over, as numbers of this one. Whoever listens on one owns it. */
export interface TakenSockets {
  readonly traffic: readonly ListeningSocket[];
  readonly admin: number;
}

/** The new balancer's side of a takeover: it has asked, and the running one is willing. */
export class Takeover {
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';
  private readonly sockets: { readonly label: string; readonly handle: SocketHandle }[] = [];
  private awaited: { resolve: (message: ToNew) => void; reject: (error: Error) => void } | null = null;
  private failure: VelocityError | null = null;
  private offer: (ToNew & { type: 'offered' }) | null = null;

  private constructor(
    private readonly handles: NodeHandles,
    private readonly pipe: PipeHandle,
  ) {
    pipe.onread = (bytes) => this.onRead(bytes);
    pipe.readStart();
  }

  /** Asks the balancer with this token file. Rejects with TAKEOVER_REFUSED, and why. */
  static async ask(tokenFile: string, wanted: TakenAddresses): Promise<Takeover> {
    const handles = openNodeHandles();
    if (handles === null) throw refused('this Node cannot take over sockets: restart the balancer instead');
    const takeover = new Takeover(handles, await connected(handles, takeoverPath(tokenFile)));
    const message = { type: 'ask', version: TAKEOVER_VERSION, pid: process.pid, wanted } as const;
    takeover.offer = await takeover.call(message, 'offered');
    return takeover;
  }

  /** The process that runs. */
  get pid(): number {
    return this.offer!.pid;
  }

  /** What it listens on. */
  get addresses(): TakenAddresses {
    return this.offer!.addresses;
  }

  /** From here on both processes have the sockets, and the running one still accepts. */
  async receive(): Promise<TakenSockets> {
    const { count } = await this.call({ type: 'send' }, 'sent');
    const admin = this.sockets.find(({ label }) => label === 'admin');
    if (this.sockets.length !== count || admin === undefined) throw refused('not all sockets have arrived');
    return {
      traffic: this.sockets
        .filter((socket) => socket !== admin)
        .map(({ label, handle }) => ({ listener: Number(label), fd: handle.fd })),
      admin: admin.handle.fd,
    };
  }

  /** This process accepts: the running one stops to, and ends when what runs there has. */
  async complete(): Promise<void> {
    await this.call({ type: 'listening' }, 'left');
    this.pipe.close();
  }

  /** Lets the running one go on alone. */
  abandon(): void {
    this.fail('it was given up');
    this.pipe.close();
  }

  private async call<T extends ToNew['type']>(
    message: ToRunning,
    expected: T,
  ): Promise<ToNew & { readonly type: T }> {
    if (this.failure !== null) throw this.failure;
    const timer = setTimeout(() => this.fail('the running balancer does not answer'), ANSWER_MS);
    const answer = new Promise<ToNew>((resolve, reject) => (this.awaited = { resolve, reject }));
    const request = this.handles.makeWriteRequest();
    request.oncomplete = () => undefined;
    this.pipe.writeUtf8String(request, `${JSON.stringify(message)}\n`);
    try {
      const result = await answer;
      if (result.type === 'refused') throw refused(result.reason);
      if (result.type !== expected) throw refused('the running balancer answers something else');
      return result as ToNew & { readonly type: T };
    } finally {
      clearTimeout(timer);
      this.awaited = null;
    }
  }

  private onRead(bytes: ArrayBuffer | undefined): void {
    if (bytes === undefined) return this.fail('the running balancer broke off');
    const { pipe } = this;
    const handle = pipe.pendingHandle;
    pipe.pendingHandle = null;
    const lines = (this.rest + this.decoder.write(Buffer.from(bytes))).split('\n');
    this.rest = lines.pop()!;
    for (const line of lines) {
      const message = JSON.parse(line) as ToNew;
      // Kept for ever: the number alone goes on, and closing this would close it under whoever listens on it.
      if (message.type !== 'socket') this.awaited?.resolve(message);
      else if (handle !== null) this.sockets.push({ label: message.label, handle });
    }
  }

  private fail(reason: string): void {
    this.failure ??= refused(reason);
    this.awaited?.reject(this.failure);
  }
}

function connected(handles: NodeHandles, path: string): Promise<PipeHandle> {
  const pipe = handles.makePipe();
  const request = handles.makeConnectRequest();
  return new Promise((resolve, reject) => {
    const end = (status: number) => {
      if (status === 0) return resolve(pipe);
      pipe.close();
      reject(refused(reasonOf(getSystemErrorName(status), path)));
    };
    request.oncomplete = end;
    const status = pipe.connect(request, path);
    if (status < 0) end(status);
  });
}

function reasonOf(code: string, path: string): string {
  switch (code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return `no running balancer answers at ${path}. Start it without --takeover, or give both the same admin.tokenFile: that is where they meet`;
    case 'EACCES':
    case 'EPERM':
      return `the balancer at ${path} belongs to another user: run this as the same one`;
    default:
      return `the balancer at ${path} cannot be asked (${code})`;
  }
}

function refused(reason: string): VelocityError {
  return new VelocityError('TAKEOVER_REFUSED', `Cannot take over: ${reason}.`);
}
