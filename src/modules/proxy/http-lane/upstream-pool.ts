import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import type { BackendSnapshot, ServiceSnapshot } from '../../../common/contract/index.js';

/** Idle connections that are kept per backend; more are closed as they become idle. */
const MAX_IDLE = 1024;

/** Idle connections are closed this long before the end that a backend announces with `Keep-Alive: timeout=`. */
const KEEP_ALIVE_MARGIN_MS = 1000;

/** The connections to one backend. Node's agent does the pooling and follows the backend's `Keep-Alive` hint. */
export class UpstreamPool {
  readonly agent: HttpAgent;

  constructor(settings: ServiceSnapshot, backend: BackendSnapshot) {
    const common = {
      keepAlive: true,
      maxFreeSockets: MAX_IDLE,
      timeout: settings.timeouts.upstreamIdleMs,
      agentKeepAliveTimeoutBuffer: KEEP_ALIVE_MARGIN_MS,
    };
    this.agent = backend.secure
      ? new HttpsAgent({ ...common, ...tlsOptions(settings, backend) })
      : new HttpAgent(common);
  }

  /** Closes what is idle now, and the rest as soon as it becomes idle: exchanges that run are not disturbed. */
  retire(): void {
    this.agent.maxFreeSockets = 0;
    for (const sockets of Object.values(this.agent.freeSockets)) {
      for (const socket of sockets ?? []) socket.destroy();
    }
  }

  /** Closes everything. */
  destroy(): void {
    this.agent.destroy();
  }
}

/** Server name and verification are the backend's, never the client's `Host`, which Node would take by default. */
function tlsOptions(settings: ServiceSnapshot, backend: BackendSnapshot) {
  const host = unbracketed(backend.host);
  const { ca, serverName, verify } = settings.tls;
  return {
    ca: ca === '' ? undefined : ca,
    // An address is no server name (RFC 6066 section 3); it is verified against the certificate all the same.
    servername: serverName === '' ? (isIP(host) === 0 ? host : '') : serverName,
    rejectUnauthorized: verify,
  };
}

/** An IPv6 address as `net.connect` wants it. */
export function unbracketed(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}
