import dns from 'node:dns';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LANES, startLane } from '../support/lane.fixture.js';
import { backendSnapshot } from '../support/balancer.fixture.js';
import { CertificateAuthority } from '../support/certificate.authority.js';
import { answerEach, OK, Origin } from '../support/origin.js';

type Callback = (error: null, addresses: { address: string; family: number }[]) => void;

/** A name of two addresses, of which only the second one answers, as `localhost` often is. */
function resolveToTwo(): void {
  const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((
    _name: string,
    _options: object,
    callback: Callback,
  ) => {
    process.nextTick(callback, null, [
      { address: '127.0.0.2', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]);
  }) as never);
  onTestFinished(() => lookup.mockRestore());
}

describe.each(LANES)('%s lane: a backend by a name of several addresses', (kind) => {
  const authority = new CertificateAuthority();

  it.each(['http', 'https'])('over %s is reached at the one that answers, and understood', async (scheme) => {
    const secure = scheme === 'https';
    const certificate = secure ? authority.issue({ names: ['two.test'] }) : undefined;
    const origin = await Origin.start(answerEach(OK), certificate);
    const lane = await startLane(kind, [origin], {
      service: {
        backends: [backendSnapshot(0, { host: 'two.test', port: origin.port, secure })],
        tls: { ca: authority.cert, serverName: '', verify: true },
      },
    });
    resolveToTwo();
    for (let round = 0; round < 2; round++) {
      const response = await lane.ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      expect([response.status, response.body.toString()]).toEqual([200, 'ok']);
    }
  });
});
