import type { DropReason, ListenerSettings } from '../../../common/contract/index.js';
import type { IncomingHead } from '../http-lane/incoming-head.js';

/** What a listener accepts beyond the parser's own limits. */
export type ListenerLimits = Pick<ListenerSettings, 'maxUriBytes' | 'maxHeaders'>;

/** What the connections of a listener need to know of it. */
export class ListenerState {
  /** Set once: responses say `Connection: close` from then on. */
  isDraining = false;

  constructor(private readonly limits: ListenerLimits) {}

  /** Why a head that Node's parser took is refused all the same; null: it is fine. */
  refusalOf(head: IncomingHead): DropReason | null {
    if (head.target.length > this.limits.maxUriBytes) return 'uri_too_long';
    // Node's own limit drops what is beyond it without a word, also a second `Content-Length`.
    if (head.rawHeaders.length > this.limits.maxHeaders * 2) return 'head_too_large';
    return head.hasPlainFraming ? null : 'bad_request';
  }

  isUriTooLong(length: number): boolean {
    return length > this.limits.maxUriBytes;
  }
}
