import { describe, expect, it } from 'vitest';
import { LANES, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';

describe.each(LANES)('%s lane: a client that goes on sending', (kind) => {
  it.each([
    ['a bad Host', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
    ['a bad target', 'GET * HTTP/1.1\r\nHost: a\r\n\r\n'],
  ])('is refused for %s without a reset, which could take the answer with it', async (_name, bytes) => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    expect((await client.ask(bytes)).status).toBe(400);
    await client.send('GET /next HTTP/1.1\r\n');
    await client.send('Host: a\r\n\r\n');
    await client.stream.ended();
    client.socket.end();
    await client.stream.closed;
    expect(client.stream.wasReset).toBe(false);
  });
});
