import { z } from 'zod';

export const shapingResourceSchema = z.strictObject({});
