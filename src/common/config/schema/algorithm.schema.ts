import { z } from 'zod';
import { ALGORITHM_NAMES, type AlgorithmName } from '../../contract/snapshot.js';
import { BUILT_IN } from '../built-in-defaults.js';
import { cookieName, headerName } from './names.schema.js';

const CONSISTENT_HASHES: readonly AlgorithmName[] = ['ip-hash', 'url-hash', 'header-hash'];

const nameSchema = z.enum(ALGORITHM_NAMES);

const settingsSchema = z
  .strictObject({
    name: nameSchema.meta({ description: 'Which algorithm.' }),
    header: headerName().optional().meta({
      description: '`header-hash` only, required there: the header whose value is hashed.',
    }),
    cookie: cookieName().optional().meta({
      default: BUILT_IN.cookie,
      description: '`sticky-round-robin` only: name of the signed cookie.',
    }),
    boundedLoad: z
      .union([
        z
          .number()
          .min(1.01, { error: 'is out of range: write a number from 1.01 to 100, or off' })
          .max(100, { error: 'is out of range: write a number from 1.01 to 100, or off' }),
        z.literal('off'),
      ])
      .optional()
      .meta({
        label: 'number, 1.01 to 100, or `off`',
        default: BUILT_IN.boundedLoad,
        description:
          '`ip-hash`, `url-hash` and `header-hash` only: no backend holds more than this factor times its share of the exchanges in flight; what is beyond goes to the next backend on the ring.',
      }),
  })
  .check((context) => {
    for (const [key, message] of misplacedSettings(context.value)) {
      context.issues.push({ code: 'custom', message, path: [key], input: context.value });
    }
  });

/** A name, or a name with its settings. */
export const algorithmSchema = z
  .union([nameSchema, settingsSchema])
  .check((context) => {
    if (!needsHeader(context.value)) return;
    const message = 'header-hash needs the header to hash: write { name: header-hash, header: X-User }';
    context.issues.push({ code: 'custom', message, input: context.value });
  })
  .meta({ label: 'name or object' });

export type AlgorithmInput = z.output<typeof algorithmSchema>;

/** Whether the algorithm hashes consistently, so that `boundedLoad` has a meaning. */
export function isConsistentHash(name: AlgorithmName): boolean {
  return CONSISTENT_HASHES.includes(name);
}

function needsHeader(input: AlgorithmInput): boolean {
  return typeof input === 'string' ? input === 'header-hash' : input.name === 'header-hash' && !input.header;
}

function misplacedSettings(input: z.output<typeof settingsSchema>): [string, string][] {
  const misplaced: [string, string][] = [];
  if (input.header !== undefined && input.name !== 'header-hash') {
    misplaced.push(['header', `has no meaning for ${input.name}, only for header-hash: remove it`]);
  }
  if (input.cookie !== undefined && input.name !== 'sticky-round-robin') {
    misplaced.push(['cookie', `has no meaning for ${input.name}, only for sticky-round-robin: remove it`]);
  }
  if (input.boundedLoad !== undefined && !isConsistentHash(input.name)) {
    misplaced.push([
      'boundedLoad',
      `has no meaning for ${input.name}, only for ${CONSISTENT_HASHES.join(', ')}: remove it`,
    ]);
  }
  return misplaced;
}
