import type { IncomingMessage } from 'node:http';
import type { Principal } from '../../access/index.js';

const principals = new WeakMap<IncomingMessage, Principal>();

/** Remembers who asks; the guard knows it first. */
export function setPrincipal(request: IncomingMessage, principal: Principal): void {
  principals.set(request, principal);
}

/** null: nobody that we know, because the guard refused the request, never saw it, or the route is open. */
export function principalOf(request: IncomingMessage): Principal | null {
  return principals.get(request) ?? null;
}

/** Client address; an IPv4 address in IPv4 form, also on a socket that takes both. */
export function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
}
