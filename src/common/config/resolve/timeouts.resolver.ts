import type { ServiceTimeouts } from '../../contract/snapshot.js';
import { BUILT_IN } from '../built-in-defaults.js';
import type { TimeoutsInput } from '../schema/timeouts.schema.js';
import { milliseconds } from '../units/duration.js';

/** Key by key: the service's own, else the defaults', else the built-in. */
export function resolveTimeouts(own: TimeoutsInput = {}, inherited: TimeoutsInput = {}): ServiceTimeouts {
  const texts = { ...BUILT_IN.timeouts, ...inherited, ...own };
  return {
    connectMs: milliseconds(texts.connect),
    bodyMs: milliseconds(texts.body),
    responseMs: milliseconds(texts.response),
    responseIdleMs: milliseconds(texts.responseIdle),
    requestMs: milliseconds(texts.request),
    tunnelIdleMs: milliseconds(texts.tunnelIdle),
    upstreamIdleMs: milliseconds(texts.upstreamIdle),
  };
}
