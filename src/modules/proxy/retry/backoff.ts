import type { RetrySettings } from '../../../common/contract/index.js';

/** A pause that doubles from the first one on has reached any maximum by then. */
const MAX_DOUBLINGS = 20;

/**
 * Milliseconds to wait before a further try: exponential backoff with full jitter, drawn from 0 to the doubled base. Tries that
 * failed together must not come back together, and of the ways to spread them this one does least work in least time
 * (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 *
 * @param retries How many further tries there were before, 0 for the first.
 * @param random From 0 to below 1.
 */
export function backoffMs(settings: RetrySettings, retries: number, random: number): number {
  const longest = settings.backoffBaseMs * 2 ** Math.min(retries, MAX_DOUBLINGS);
  return random * Math.min(settings.backoffMaxMs, longest);
}
