import { z } from 'zod';

export const overridesResourceSchema = z.strictObject({});
