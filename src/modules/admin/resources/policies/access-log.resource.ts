import { z } from 'zod';
import {
  CLIENT_REDACTIONS,
  OPTIONAL_FIELDS,
  RECORDED_ALWAYS,
} from '../../../../common/contract/policies/index.js';

export const accessLogPolicyResourceSchema = z
  .strictObject({
    sample: z.number().nullable().meta({ description: '0 to 1.' }),
    always: z.array(z.enum(RECORDED_ALWAYS)).nullable(),
    decisionSample: z.number().nullable().meta({ description: '0 to 1.' }),
    slowMs: z.number().nullable().meta({ description: 'Milliseconds.' }),
    without: z.array(z.enum(OPTIONAL_FIELDS)).nullable().meta({ description: 'Fields that are left empty.' }),
    headers: z.array(z.string()).nullable(),
    redactQuery: z.union([z.enum(['secrets', 'all']), z.array(z.string())]).nullable(),
    redactHeaders: z.array(z.string()).nullable(),
    client: z.enum(CLIENT_REDACTIONS).nullable(),
  })
  .meta({ description: 'null: as the top level says.' });
