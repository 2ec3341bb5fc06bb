import { HOP_BY_HOP_FIELDS } from '../../contract/hop-by-hop-fields.js';
import { isSecretHeader } from '../../secrets/index.js';
import { quoted } from './quoted.js';

/** Which way the message goes whose fields a rule changes. */
export type HeaderDirection = 'request' | 'response';
export type HeaderAction = 'set' | 'add' | 'remove';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const MAX_LENGTH = 256;

/** They say where a message ends, or what is expected before its body comes. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'trailer', 'expect']);

/** Written by the balancer in each message of the direction. */
const OURS: Readonly<Record<HeaderDirection, ReadonlySet<string>>> = {
  request: new Set([
    'x-request-id',
    'via',
    'x-forwarded-for',
    'x-forwarded-proto',
    'x-forwarded-host',
    'x-forwarded-port',
    'x-velocity-mirror',
  ]),
  response: new Set(['x-request-id', 'date']),
};

/** Why no rule may do this to a field of this name; null: one may. */
export function headerRuleProblem(
  name: string,
  action: HeaderAction,
  direction: HeaderDirection,
): string | null {
  if (!TOKEN.test(name) || name.length > MAX_LENGTH) return `${quoted(name)} is no header name`;
  const lower = name.toLowerCase();
  const dashed = lower.replaceAll('_', '-');
  if (HOP_BY_HOP_FIELDS.has(dashed) || FRAMING.has(dashed)) {
    return `${quoted(name)} frames the message or belongs to one connection: the balancer alone sees to it`;
  }
  if (OURS[direction].has(dashed)) return `${quoted(name)} is written by the balancer itself: remove it`;
  if (dashed === 'host') return hostProblem(name, action, direction, lower !== dashed);
  if (action !== 'remove' && isSecretHeader(lower) && lower !== 'set-cookie') {
    return `${quoted(name)} holds a secret, which everybody could read here who may read the configuration: let the backend know it otherwise`;
  }
  return null;
}

function hostProblem(
  name: string,
  action: HeaderAction,
  direction: HeaderDirection,
  isDouble: boolean,
): string | null {
  if (direction === 'request' && action === 'set' && !isDouble) return null;
  return direction === 'request'
    ? `${quoted(name)} is in every request exactly once: it can only be set`
    : `${quoted(name)} has no meaning in a response: remove it`;
}
