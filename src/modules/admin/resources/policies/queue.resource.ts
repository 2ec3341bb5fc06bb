import { z } from 'zod';

export const queueResourceSchema = z.strictObject({});
