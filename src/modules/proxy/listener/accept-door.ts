import { connect, createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { ReadBuffers } from '../wire-lane/read-buffers.js';
import { WireSocket } from '../wire-lane/wire-socket.js';

/** Called with what the kernel has accepted, or with why it could not. */
export type AcceptHandler = (error: number, handle: AcceptedHandle | undefined) => void;

/** What Node wraps into a socket. */
export interface AcceptedHandle {
  getpeername(out: { address?: string }): number;
  close(): void;
}

interface ListeningHandle {
  onconnection?: unknown;
}

/** How long the trial may take: a loopback connection takes well under a millisecond. */
const TRIAL_MS = 2_000;

/**
 * The inner door of Node that this needs: accepted connections read into a buffer of ours only when their socket is made
 * by us, over the handle that the listening one brings. Node does not document it, so {@link isAcceptDoorOpen} tries it.
 */
export function acceptHandles(server: Server, accept: AcceptHandler): boolean {
  const handle = (server as Server & { _handle?: ListeningHandle | null })._handle;
  if (typeof handle?.onconnection !== 'function') return false;
  handle.onconnection = accept;
  return true;
}

let trial: Promise<boolean> | null = null;

/** Whether the door works in this Node, as far as one connection over loopback, there and back, can tell. */
export function isAcceptDoorOpen(): Promise<boolean> {
  trial ??= tryDoor().catch(() => false);
  return trial;
}

async function tryDoor(): Promise<boolean> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const deadline = AbortSignal.timeout(TRIAL_MS);
  const address = server.address();
  if (address === null || typeof address === 'string') return false;
  try {
    if (!acceptHandles(server, echoOnce)) return false;
    const client = connect(address.port, '127.0.0.1');
    client.write('?');
    const [answer] = (await once(client, 'data', { signal: deadline })) as [Buffer];
    client.destroy();
    return answer.toString('latin1') === '?';
  } finally {
    server.close();
  }
}

function echoOnce(_error: number, handle: AcceptedHandle | undefined): void {
  let wire: WireSocket | null = null;
  const owner = {
    bytesArrived: (bytes: Buffer, length: number) => {
      wire!.send(bytes.toString('latin1', 0, length));
      wire!.end();
    },
    endArrived: () => wire!.destroy(),
    flushed: () => undefined,
    closed: () => undefined,
  };
  wire = WireSocket.overHandle(handle, new ReadBuffers(), owner);
}
