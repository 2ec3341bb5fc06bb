import { describe, expect, it } from 'vitest';
import { LANES, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';

describe.each(LANES)('%s lane: a request that is not HTTP/1', (kind) => {
  it.each([
    ['HTTP/0.9 by its version', 'GET /a HTTP/0.9\r\nHost: a\r\n\r\n'],
    ['HTTP/0.9 by a line feed', 'GET /a\nHost: a\r\n\r\n'],
    ['HTTP/2.0', 'GET /a HTTP/2.0\r\nHost: a\r\n\r\n'],
  ])('%s is refused', async (_name, bytes) => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    expect((await lane.ask(bytes)).status).toBe(400);
    expect(origin.accepted).toBe(0);
  });
});
