import type { BackendSnapshot, ServiceSnapshot } from '../../common/contract/index.js';

/*
 * Whether upstream connections made before are as good now: everything that a connection is made with, split by where it
 * is configured. Weight, backup and the service's other settings do not matter, so changing them must close none.
 */

/** The part that a service decides for all of its backends. */
export function hasSameConnections(before: ServiceSnapshot, after: ServiceSnapshot): boolean {
  return (
    before.tls.ca === after.tls.ca &&
    before.tls.serverName === after.tls.serverName &&
    before.tls.verify === after.tls.verify &&
    before.timeouts.upstreamIdleMs === after.timeouts.upstreamIdleMs
  );
}

/** Where the connection goes to, and which slot counts it. */
export function isSameOrigin(before: BackendSnapshot, after: BackendSnapshot): boolean {
  return (
    before.id === after.id &&
    before.slot === after.slot &&
    before.url === after.url &&
    before.host === after.host &&
    before.port === after.port &&
    before.secure === after.secure
  );
}
