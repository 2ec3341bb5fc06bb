import type { IncomingMessage } from 'node:http';
import { authorName } from '../../access/index.js';
import { addressOf, principalOf } from '../access/caller.js';

/** Who asks, for revisions. Only for routes that are not open. */
export function authorOf(request: IncomingMessage): string {
  const principal = principalOf(request);
  if (principal === null) throw new Error('An open route has no author.');
  return authorName(principal, addressOf(request));
}
