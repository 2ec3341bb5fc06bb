import { z } from 'zod';

/** Points in time are Unix milliseconds everywhere in the API, as in the stores. */
export const timeSchema = z
  .int()
  .meta({ id: 'UnixMilliseconds', description: 'Milliseconds since 1970-01-01T00:00:00Z.' });

/** A time that is waited, as it runs. */
export const milliseconds = z.int().meta({ description: 'Milliseconds; 0: off.' });
