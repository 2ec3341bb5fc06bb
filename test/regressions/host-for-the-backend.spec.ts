import { describe, expect, it } from 'vitest';
import { LANES, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';
import { valuesOf } from '../support/raw-message.js';

describe.each(LANES)('%s lane: a request that names no host', (kind) => {
  it.each([
    ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n'],
    ['HTTP/1.0 without Host', 'GET / HTTP/1.0\r\n\r\n'],
  ])('%s: the backend gets one Host, as HTTP/1.1 wants it', async (_name, bytes) => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    expect((await lane.ask(bytes)).status).toBe(200);
    expect(valuesOf(origin.requests[0]!, 'host')).toHaveLength(1);
  });
});
