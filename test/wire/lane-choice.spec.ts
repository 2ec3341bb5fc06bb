import { describe, expect, it } from 'vitest';
import { startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';
import { valueOf } from '../support/raw-message.js';

const HANDSHAKE =
  'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
const PLAIN = 'GET /plain HTTP/1.1\r\nHost: a\r\n\r\n';

/** Agrees to every upgrade that it is asked for. */
function agreeing(): Promise<Origin> {
  return Origin.start(async (connection) => {
    for (;;) {
      const request = await connection.request();
      const isAsked = valueOf(request, 'upgrade') !== undefined;
      await connection.send(
        isAsked
          ? 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
          : OK,
      );
    }
  });
}

describe('a listener', () => {
  it.each([
    { lane: 'auto', plain: 'wire', upgraded: 101, upgrading: 'http' },
    { lane: 'http', plain: 'http', upgraded: 101, upgrading: 'http' },
    { lane: 'wire', plain: 'wire', upgraded: 200, upgrading: 'wire' },
  ] as const)('with lane: $lane', async ({ lane, plain, upgraded, upgrading }) => {
    const fixture = await startLane('wire', [await agreeing()], { listener: { lane } });
    const client = await fixture.connect();
    expect((await client.ask(PLAIN)).status).toBe(200);
    // Behind an exchange on the same connection, as browsers do it.
    await client.send(HANDSHAKE);
    expect((await client.head()).status).toBe(upgraded);
    client.close();
    expect([(await fixture.record(0)).lane, (await fixture.record(1)).lane]).toEqual([plain, upgrading]);
  });

  it('hands over in its turn what is pipelined behind a request that still runs', async () => {
    const go = Promise.withResolvers<void>();
    const origin = await Origin.start(async (connection) => {
      for (;;) {
        const request = await connection.request();
        if (request.line.startsWith('GET /plain')) await go.promise;
        await connection.send(
          request.line.startsWith('GET /plain')
            ? OK
            : 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello',
        );
      }
    });
    const fixture = await startLane('wire', [origin], { listener: { lane: 'auto' } });
    const client = await fixture.connect();
    await client.send(PLAIN + HANDSHAKE);
    go.resolve();
    expect((await client.response()).body.toString()).toBe('ok');
    expect((await client.head()).status).toBe(101);
    expect((await client.stream.takeBytes(5)).toString()).toBe('hello');
    client.close();
  });
});
