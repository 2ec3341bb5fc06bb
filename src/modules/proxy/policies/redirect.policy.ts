import type { DropReason } from '../../../common/contract/index.js';
import type { Exchange } from '../exchange.js';
import type { Policy } from './policy.js';

/** Sends every request of a service elsewhere. */
export class RedirectPolicy implements Policy {
  readonly name = 'redirect';

  admit(exchange: Exchange): DropReason | null {
    const { shaping } = exchange;
    if (shaping === null || shaping.redirect === null) return null;
    const { status, target } = shaping.redirect;
    exchange.answer = { status, headers: ['Location', target.fill(exchange)], body: '' };
    return 'redirected';
  }
}
