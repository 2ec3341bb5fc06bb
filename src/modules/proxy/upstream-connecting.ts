import { isIP } from 'node:net';
import type { BackendSnapshot, ServiceSnapshot } from '../../common/contract/index.js';

/** Idle connections that are kept per backend and worker; more are closed as they become idle. */
export const MAX_IDLE = 1024;

/** Idle connections are closed this long before the end that a backend announces with `Keep-Alive: timeout=`. */
export const KEEP_ALIVE_MARGIN_MS = 1000;

/** Server name and verification are the backend's, never the client's `Host`, which Node would take by default. */
export function tlsOptions(settings: ServiceSnapshot, backend: BackendSnapshot) {
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
