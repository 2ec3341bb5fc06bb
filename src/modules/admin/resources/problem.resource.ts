import { z } from 'zod';
import { ERROR_CATALOGUE, type ErrorCode } from '../../../common/errors/index.js';

const codes = Object.keys(ERROR_CATALOGUE).filter((code): code is ErrorCode => code in ERROR_CATALOGUE);

export const problemSchema = z
  .strictObject({
    type: z.string().meta({ description: 'Names the kind of error.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What went wrong here, and what to do.' }),
    code: z.enum(codes).meta({ description: 'Stable; branch on this.' }),
    requestId: z.string().meta({ description: 'Also in the X-Request-Id header and the log.' }),
    issues: z
      .array(
        z.strictObject({
          path: z.string().meta({ description: 'Relative to the body, such as `backends[1].weight`.' }),
          message: z.string(),
          line: z.int().optional().meta({ description: 'In a body that is YAML; counts from 1.' }),
          column: z.int().optional(),
        }),
      )
      .optional()
      .meta({ description: 'Field by field; absent when no field is to blame.' }),
  })
  .meta({
    id: 'Problem',
    description: 'Error body (RFC 9457).',
    examples: [
      {
        type: 'urn:velocity:error:service-not-found',
        title: 'Not Found',
        status: 404,
        detail: 'There is no service "shp"; did you mean "shop"?',
        code: 'SERVICE_NOT_FOUND',
        requestId: '0b0e4a52-7d0c-4d0a-9a0e-0f6f5c1c9c11',
      },
    ],
  });
