import { describe, expect, it } from 'vitest';
import { LANES, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';

/** Heads that are refused, each with the rest of its body. */
const REFUSED: Record<string, readonly [head: string, rest: string]> = {
  'for its codings': [
    'POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n',
    '0\r\n\r\n',
  ],
  'for its Host': ['POST /p HTTP/1.1\r\nContent-Length: 5\r\n\r\n', 'hello'],
  'for its target': ['GET a HTTP/1.1\r\nHost: a\r\n\r\n', ''],
};

describe.each(LANES)('%s lane: what comes behind a request that was refused', (kind) => {
  it.each(Object.entries(REFUSED))('%s is neither served nor counted', async (_name, [head, rest]) => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    expect((await client.ask(head)).status).toBe(400);
    await client.send(`${rest}GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\nrubbish\r\n\r\n`);
    client.socket.end();
    await client.stream.closed;
    expect((await lane.ask('GET /later HTTP/1.1\r\nHost: a\r\n\r\n')).status).toBe(200);
    expect(origin.requests.map((request) => request.line)).toEqual(['GET /later HTTP/1.1']);
    await lane.record(1);
    expect(lane.records.map((record) => record.status)).toEqual([400, 200]);
  });
});
