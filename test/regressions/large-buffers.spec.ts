import { setImmediate as turn } from 'node:timers/promises';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { LANES, startLane } from '../support/lane.fixture.js';
import { OK, Origin, type OriginConnection } from '../support/origin.js';
import { valueOf } from '../support/raw-message.js';

/** More than the kernel keeps on the way from a client to a backend that does not read. */
const LARGE = 24 * 1024 * 1024;

/** Words that count, so that bytes in the wrong place are seen. */
function countingBytes(length: number): Buffer {
  return Buffer.from(Uint32Array.from({ length: length / 4 }, (_, index) => index).buffer);
}

function post(path: string, body: Buffer): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** Resolves when nothing of what the socket still holds has moved for many turns: whoever should take it is held up. */
async function stalled(socket: Socket): Promise<void> {
  let before = -1;
  for (let still = 0; still < 50; still++) {
    await turn();
    if (socket.writableLength !== before) still = 0;
    before = socket.writableLength;
  }
  expect(before).toBeGreaterThan(0);
}

/** Collects what is still to come, without looking through all of it at each piece. */
async function rest({ socket, stream }: OriginConnection, length: number): Promise<Buffer> {
  const pieces = [await stream.takeBytes(stream.text.length)];
  let missing = length - pieces[0]!.length;
  socket.removeAllListeners('data');
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on('data', (piece: Buffer) => {
    pieces.push(piece);
    missing -= piece.length;
    if (missing <= 0) resolve();
  });
  socket.resume();
  await promise;
  return Buffer.concat(pieces);
}

/** Does not read a body of `/slow` before it is told to. */
class SlowOrigin {
  readonly received = Promise.withResolvers<Buffer>();
  readonly proceed = Promise.withResolvers<void>();

  start(): Promise<Origin> {
    return Origin.start(async (connection) => {
      for (;;) await this.answer(connection);
    });
  }

  private async answer(connection: OriginConnection): Promise<void> {
    const head = await connection.requestHead();
    const length = Number(valueOf(head, 'content-length'));
    if (!head.line.includes('/slow')) await connection.stream.takeBytes(length);
    else {
      connection.socket.pause();
      await this.proceed.promise;
      this.received.resolve(await rest(connection, length));
    }
    await connection.send(OK);
  }
}

describe.each(LANES)('%s lane: what a client uploads', (kind) => {
  it('is not overwritten by what another client says that has uploaded before', async () => {
    const slow = new SlowOrigin();
    const lane = await startLane(kind, [await slow.start()]);
    const first = await lane.connect();
    expect((await first.ask(post('/', Buffer.alloc(300_000, 'Z')))).status).toBe(200);

    const second = await lane.connect();
    const body = countingBytes(LARGE);
    const sending = second.send(post('/slow', body));
    await stalled(second.socket);
    expect((await first.ask(post('/', Buffer.alloc(60_000, 'Z')))).status).toBe(200);

    slow.proceed.resolve();
    await sending;
    expect((await second.response()).status).toBe(200);
    expect((await slow.received.promise).equals(body)).toBe(true);
    first.close();
    second.close();
  });
});
