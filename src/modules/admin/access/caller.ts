import type { IncomingMessage } from 'node:http';
import type { Role } from '../../../common/contract/index.js';
import type { Principal } from '../../access/index.js';

const principals = new WeakMap<IncomingMessage, Principal>();
const needed = new WeakMap<IncomingMessage, Role>();

/** Remembers who asks; the guard knows it first. */
export function setPrincipal(request: IncomingMessage, principal: Principal): void {
  principals.set(request, principal);
}

/** null: nobody that we know, because the guard refused the request, never saw it, or the route is open. */
export function principalOf(request: IncomingMessage): Principal | null {
  return principals.get(request) ?? null;
}

/** Remembers which role the route needs. */
export function setNeededRole(request: IncomingMessage, role: Role): void {
  needed.set(request, role);
}

/** Whether the request changes nothing: by what its route needs, else by its method. */
export function isRead(request: IncomingMessage): boolean {
  const role = needed.get(request);
  if (role === 'viewer') return true;
  return request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
}

/** Client address; an IPv4 address in IPv4 form, also on a socket that takes both. */
export function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
}
