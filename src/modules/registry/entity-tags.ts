import type { BackendInput, ServiceInput } from '../../common/config/index.js';
import { VelocityError } from '../../common/errors/index.js';
import type { Change } from './change.js';
import { backendPrint, servicePrint } from './prints.js';
import type { Revision } from './registry-store.js';

/*
 * Entity tags (RFC 9110, 8.8.3) of what is desired, without quotes: the same text has the same tag, on every balancer
 * and after every restart. Services and backends must be in canonical form, as views have them.
 */

const TAG_LENGTH = 16;

export function serviceTag(service: ServiceInput): string {
  return servicePrint(service).digest.slice(0, TAG_LENGTH);
}

export function backendTag(backend: BackendInput): string {
  return backendPrint(backend).digest.slice(0, TAG_LENGTH);
}

/** Of the whole state, and of every list of it. */
export function stateTag({ revision }: { readonly revision: Pick<Revision, 'number'> }): string {
  return String(revision.number);
}

/** Throws PRECONDITION_FAILED, naming the present tag, unless the change may be made on `what`. */
export function requireMatch({ ifMatch }: Change, what: string, tag: string): void {
  if (ifMatch === undefined || ifMatch.includes('*') || ifMatch.includes(tag)) return;
  throw new VelocityError(
    'PRECONDITION_FAILED',
    `${what} was changed in between, or the tag is not its own: it has "${tag}" now. ` +
      'Read it again and make the change on that.',
  );
}

/** Throws PRECONDITION_FAILED for any condition on a thing that is not there yet. */
export function requireNoCondition({ ifMatch }: Change, what: string): void {
  if (ifMatch === undefined) return;
  throw new VelocityError(
    'PRECONDITION_FAILED',
    `${what} does not exist yet and has no tag: leave If-Match out to create it.`,
  );
}
