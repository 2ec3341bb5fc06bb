import { describe, expect, it } from 'vitest';
import { LANES, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';
import { valueOf } from '../support/raw-message.js';

const UPGRADE = 'GET /1 HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n';

describe.each(LANES)('%s lane: a request behind an upgrade that is not served', (kind) => {
  it('is answered, or the client is told that it will not be', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    const first = await client.ask(`${UPGRADE}GET /2 HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(first.status).toBe(200);
    if (valueOf(first, 'connection') === 'close') await client.stream.ended();
    else expect((await client.response()).status).toBe(200);
    client.close();
  });
});
