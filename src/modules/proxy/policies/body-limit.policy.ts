import type { DropReason } from '../../../common/contract/index.js';
import type { Exchange } from '../exchange.js';
import type { Policy } from './policy.js';

/** Refuses a request whose head says that its body is too large; the lanes hold others to the limit while they come. */
export class BodyLimitPolicy implements Policy {
  readonly name = 'body-limit';

  admit(exchange: Exchange): DropReason | null {
    const { shaping } = exchange;
    if (shaping === null || shaping.maxBody === null) return null;
    const { maxBytes, shadow } = shaping.maxBody;
    if (!shadow) exchange.maxBodyBytes = maxBytes;
    const length = exchange.header('content-length');
    if (length === undefined || Number(length) <= maxBytes) return null;
    if (!shadow) return 'body_too_large';
    exchange.shadowReason ??= 'body_too_large';
    return null;
  }
}
