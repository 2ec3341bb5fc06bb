import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { backendSnapshot } from '../support/balancer.fixture.js';
import { CertificateAuthority } from '../support/certificate.authority.js';
import { LANES, startLane } from '../support/lane.fixture.js';
import { Origin } from '../support/origin.js';

/** More than the kernel keeps on the way to a client that does not read. */
const CHUNKS = 1500;
const CHUNK = Buffer.alloc(16_000, 'x');
const HEAD = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

describe.each(LANES)('%s lane: a response over TLS', (kind) => {
  const authority = new CertificateAuthority();

  it('whose framing comes in records of its own goes on when the client reads again', async () => {
    let sent = 0;
    const origin = await Origin.start(
      async (connection) => {
        await connection.request();
        await connection.send(HEAD);
        for (; sent < CHUNKS; sent++) {
          const pieces = [`${CHUNK.length.toString(16)}\r\n`, CHUNK, '\r\n'];
          await Promise.all(pieces.map((piece) => connection.send(piece)));
        }
        await connection.send('0\r\n\r\n');
      },
      authority.issue({ names: ['127.0.0.1'] }),
    );
    onTestFinished(() => origin.stop());
    const lane = await startLane(kind, [], {
      timeouts: { responseMs: 3_000 },
      service: {
        backends: [backendSnapshot(0, { port: origin.port, secure: true })],
        tls: { ca: authority.cert, serverName: '', verify: true },
      },
    });
    const client = await lane.connect();
    client.socket.removeAllListeners('data');
    client.socket.pause();
    await client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    for (let before = -1, still = 0; still < 100; still++) {
      await turn();
      if (sent !== before || sent === 0) still = 0;
      before = sent;
    }
    expect(sent).toBeLessThan(CHUNKS);
    let received = 0;
    client.socket.on('data', (piece: Buffer) => {
      received += piece.length;
    });
    client.socket.resume();
    await client.stream.closed;
    expect(received).toBeGreaterThan(CHUNKS * CHUNK.length);
    expect((await lane.record()).attempts).toMatchObject([{ outcome: 'ok' }]);
  });
});
