import { describe, expect, it } from 'vitest';
import { LANES, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';
import { valuesOf } from '../support/raw-message.js';

describe.each(LANES)('%s lane: an interim response', (kind) => {
  it.each(['Content-Length: 5', 'Content-Length: -5', 'Transfer-Encoding: chunked'])(
    'with %s reaches the client without it, or not at all',
    async (field) => {
      const origin = await Origin.answering(
        `HTTP/1.1 103 Early Hints\r\n${field}\r\nLink: </a>\r\n\r\n${OK}`,
      );
      const lane = await startLane(kind, [origin], { retries: 0 });
      const first = await lane.ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      const [name = ''] = field.split(':');
      if (first.status < 200) expect(valuesOf(first, name)).toEqual([]);
      else expect([200, 502]).toContain(first.status);
    },
  );

  it('of status 101 that nobody asked for is no answer, also without what belongs to it', async () => {
    const origin = await Origin.answering('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n');
    const lane = await startLane(kind, [origin], { retries: 0 });
    expect((await lane.ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n')).status).toBe(502);
  });
});
