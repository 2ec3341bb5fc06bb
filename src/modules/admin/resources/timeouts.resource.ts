import { z } from 'zod';

const milliseconds = z.int().meta({ description: 'Milliseconds; 0: off.' });

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
