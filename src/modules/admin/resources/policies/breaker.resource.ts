import { z } from 'zod';

export const breakerResourceSchema = z.strictObject({});
