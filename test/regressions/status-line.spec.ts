import { describe, expect, it } from 'vitest';
import { LANES, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';

describe.each(LANES)('%s lane: a backend without the blank before an empty reason', (kind) => {
  it('is passed on with it (RFC 9112 section 4)', async () => {
    const origin = await Origin.answering(OK.replace(' OK', ''));
    const lane = await startLane(kind, [origin]);
    const response = await lane.ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(response.line).toMatch(/^HTTP\/1\.1 200 /);
  });
});
