import type { AddressInfo, Server } from 'node:net';
import type { HealthConfig } from '../../src/common/config/index.js';
import type { UpstreamTls } from '../../src/common/contract/index.js';
import type { ProbeSubject } from '../../src/modules/health/index.js';

export const HEALTH: HealthConfig = {
  type: 'http',
  port: 0,
  path: '/',
  method: 'GET',
  headers: {},
  status: [{ from: 200, to: 399 }],
  body: '',
  intervalMs: 5_000,
  timeoutMs: 2_000,
  rise: 2,
  fall: 3,
};
const TLS: UpstreamTls = { ca: '', serverName: '', verify: true };

/** A subject on loopback for tests. */
export function subjectOf(
  port: number,
  health: Partial<HealthConfig> = {},
  tls: Partial<UpstreamTls> = {},
): ProbeSubject {
  return {
    host: '127.0.0.1',
    port,
    authority: `127.0.0.1:${port}`,
    health: { ...HEALTH, ...health },
    tls: { ...TLS, ...tls },
  };
}

/** Listens on any free loopback port and returns it. */
export async function listenOn(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
