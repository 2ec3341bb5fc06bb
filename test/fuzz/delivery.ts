import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { RandomSource } from './random.source.js';

/** How bytes are cut into writes. A number: there, once. `each`: one byte a write. `random`: at a few places. */
export type Cut = 'whole' | 'each' | 'random' | number;

export function piecesOf(bytes: Buffer, cut: Cut, random: RandomSource): Buffer[] {
  if (cut === 'each') return Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
  const places: number[] = [];
  if (typeof cut === 'number') places.push(cut);
  if (cut === 'random')
    for (let count = 1 + random.below(4); count > 0; count--) places.push(random.below(bytes.length));
  places.sort((a, b) => a - b);
  const edges = [0, ...places, bytes.length];
  return edges
    .slice(1)
    .map((edge, index) => bytes.subarray(edges[index], edge))
    .filter((piece) => piece.length > 0);
}

/** Longer inputs are not sent byte by byte. */
const MAX_BYTEWISE = 500;

/** A way to cut, chosen at random among these, that cuts the same bytes the same way each time. */
export function cutterOf(random: RandomSource, cuts: readonly Cut[]): (bytes: string) => Buffer[] {
  const cut = random.pick<Cut>(cuts);
  const seed = random.below(2 ** 31);
  return (bytes) => {
    const way = cut === 'each' && bytes.length > MAX_BYTEWISE ? 'random' : cut;
    return piecesOf(Buffer.from(bytes, 'latin1'), way, new RandomSource(seed));
  };
}

/** Writes piece by piece with a turn of the event loop between, in which the other side reads. Stops when the socket is gone. */
export async function deliver(socket: Socket, pieces: readonly Buffer[]): Promise<void> {
  socket.setNoDelay(true);
  for (const piece of pieces) {
    if (!socket.writable) return;
    socket.write(piece);
    await turn();
  }
}
