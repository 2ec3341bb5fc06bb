import { z } from 'zod';
import { milliseconds } from './time.resource.js';

/** How long is waited for what. */
export const timeoutsResourceSchema = z.strictObject({
  connectMs: milliseconds,
  bodyMs: milliseconds,
  responseMs: milliseconds,
  responseIdleMs: milliseconds,
  requestMs: milliseconds,
  tunnelIdleMs: milliseconds,
  upstreamIdleMs: milliseconds,
});
