import type { DropReason } from './drop-reasons.js';

/**
 * Drop reasons that are the client's doing, for which a rule may ban. The others tell of backends or of us: an outage
 * must not ban those whom it hits. And who is blocked is not blocked for it once more.
 */
export const BAN_REASONS = [
  'bad_request',
  'head_timeout',
  'uri_too_long',
  'head_too_large',
  'loop_detected',
  'no_route',
  'body_timeout',
  'client_closed',
  'rate_limited',
  'body_too_large',
  'client_stalled',
] as const satisfies readonly DropReason[];

export type BanReason = (typeof BAN_REASONS)[number];
