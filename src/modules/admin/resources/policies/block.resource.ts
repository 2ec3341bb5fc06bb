import { z } from 'zod';

export const blockResourceSchema = z.strictObject({});
