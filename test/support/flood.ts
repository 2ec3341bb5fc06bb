import type { Socket } from 'node:net';

const LOOK_EVERY_MS = 20;
/** Nothing taken at so many looks in a row: the other side has stopped reading. Unlike a time, looks wait for a busy machine. */
const STALLED_LOOKS = 20;

export interface FloodEnd {
  /** Bytes that the kernel has taken. */
  readonly bytes: number;
  /** `sent`: all of them; `cut`: the other side closed; `stalled`: it reads no more. */
  readonly end: 'sent' | 'cut' | 'stalled';
}

/** Sends `piece` again and again until `limit` bytes are sent or the other side takes no more. */
export async function flood(socket: Socket, piece: string | Buffer, limit: number): Promise<FloodEnd> {
  const data = Buffer.from(piece as string, 'latin1');
  let bytes = 0;
  while (bytes < limit) {
    const end = await writeOnce(socket, data);
    if (end !== 'sent') return { bytes, end };
    bytes += data.length;
  }
  return { bytes, end: 'sent' };
}

function writeOnce(socket: Socket, data: Buffer): Promise<FloodEnd['end']> {
  if (socket.destroyed || !socket.writable) return Promise.resolve('cut');
  return new Promise((resolve) => {
    let looks = 0;
    const timer = setInterval(() => ++looks === STALLED_LOOKS && settle('stalled'), LOOK_EVERY_MS);
    const onClose = () => settle('cut');
    const settle = (end: FloodEnd['end']) => {
      clearInterval(timer);
      socket.off('close', onClose);
      resolve(end);
    };
    socket.once('close', onClose);
    socket.write(data, (error) => settle(error ? 'cut' : 'sent'));
  });
}
