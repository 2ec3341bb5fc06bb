/**
 * The inner door of Node that a takeover needs: a Unix socket over which open sockets can travel. Node has it for its own
 * child processes (`subprocess.send(message, server)`), and gives it to nobody else. Not documented, so whoever uses it
 * must cope with {@link openNodeHandles} saying no.
 */
export interface NodeHandles {
  /** A pipe that takes and gives sockets. */
  readonly makePipe: () => PipeHandle;
  /** Stands for a listening socket of this number. */
  readonly listeningSocket: (descriptor: number) => SocketHandle;
  readonly makeConnectRequest: () => HandleRequest;
  readonly makeWriteRequest: () => HandleRequest;
}

export interface SocketHandle {
  readonly fd: number;
}

export interface PipeHandle extends SocketHandle {
  /** Set while `onread` is called for bytes that a socket came with. */
  pendingHandle: SocketHandle | null;
  /** undefined: the other side has said its end, or broke off. */
  onread: (bytes: ArrayBuffer | undefined) => void;
  /** These return 0, or the negative number of an error. */
  open(descriptor: number): number;
  connect(request: HandleRequest, path: string): number;
  readStart(): number;
  writeUtf8String(request: HandleRequest, text: string, socket?: SocketHandle): number;
  close(): void;
}

export interface HandleRequest {
  /** 0, or the negative number of an error. */
  oncomplete: (status: number) => void;
}

interface Bindings {
  pipe_wrap: {
    Pipe: new (type: number) => PipeHandle;
    PipeConnectWrap: new () => HandleRequest;
    constants: { IPC: number };
  };
  tcp_wrap: {
    TCP: new (type: number) => SocketHandle & { open(descriptor: number): number };
    constants: { SERVER: number };
  };
  stream_wrap: { WriteWrap: new () => HandleRequest };
}

/** null: this Node does not have the door. */
export function openNodeHandles(): NodeHandles | null {
  const { binding } = process as unknown as { binding?: <K extends keyof Bindings>(name: K) => Bindings[K] };
  if (typeof binding !== 'function' || process.platform === 'win32') return null;
  try {
    const { Pipe, PipeConnectWrap, constants } = binding('pipe_wrap');
    const { TCP, constants: kinds } = binding('tcp_wrap');
    const { WriteWrap } = binding('stream_wrap');
    return {
      makePipe: () => new Pipe(constants.IPC),
      listeningSocket: (descriptor) => {
        const socket = new TCP(kinds.SERVER);
        const status = socket.open(descriptor);
        if (status !== 0) throw new Error(`descriptor ${descriptor} is no socket (${status})`);
        return socket;
      },
      makeConnectRequest: () => new PipeConnectWrap(),
      makeWriteRequest: () => new WriteWrap(),
    };
  } catch {
    return null;
  }
}
