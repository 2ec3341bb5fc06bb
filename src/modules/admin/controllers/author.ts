import type { IncomingMessage } from 'node:http';

/** Who asks, for the revision: the token has no name, so the address it was used from. */
export function authorOf({ socket }: IncomingMessage): string {
  return `api client ${socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown'}`;
}
