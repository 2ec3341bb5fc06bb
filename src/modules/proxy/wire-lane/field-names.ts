import { isForwarding, isHopByHop, isUnderscoreDouble } from '../header-names.js';

/** Fields that the lane itself looks at, by number: fields of a message carry it, so that no name is compared twice. */
const NAMES = [
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'proxy-connection',
  'keep-alive',
  'te',
  'upgrade',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'http2-settings',
  'forwarded',
  'x-real-ip',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-request-id',
  'trailer',
  'expect',
  'via',
  'date',
  'user-agent',
  'referer',
  'cookie',
  'traceparent',
  'tracestate',
] as const;

export type FieldName = (typeof NAMES)[number];

/** The number of a field that the lane knows by name; 0 is any other. */
export const FieldId = Object.fromEntries(NAMES.map((name, index) => [name, index + 1])) as Readonly<
  Record<FieldName, number>
>;

/** A field whose name only looks like one of ours: `x_forwarded_for`, `X-Forwarded-Anything`. To be judged by its text. */
export const DOUBTFUL = NAMES.length + 1;

/** How many numbers there are. */
export const FIELD_IDS = NAMES.length + 2;

const BY_NAME: ReadonlyMap<string, number> = new Map(NAMES.map((name, index) => [name, index + 1]));

/** The number of a name in lower case; 0: none. */
export function fieldIdOf(name: string): number {
  return BY_NAME.get(name) ?? 0;
}

/** By number: whether the field belongs to one connection. */
export const IS_HOP_BY_HOP = flags(isHopByHop);
/** By number: whether the field says where the client came from. */
export const IS_FORWARDING = flags(isForwarding);

/** Whether a doubtful name says what only we say. Takes any case. */
export function isImpostor(name: string): { readonly isForwarding: boolean; readonly isDouble: boolean } {
  const lower = name.toLowerCase();
  return { isForwarding: isForwarding(lower), isDouble: isUnderscoreDouble(lower) };
}

const LETTER = 0x1f;
const LOWER_CASE = 0x20;
const FORWARDED_PREFIX = bytesOf('x-forwarded-');

/** By length and first letter: the first candidate. Few names share a key, most keys have none. */
const FIRST = new Uint8Array(64 << 5);
/** By number: the next candidate of the same key. */
const NEXT = new Uint8Array(FIELD_IDS);
const BYTES: readonly Uint8Array[] = [new Uint8Array(0), ...NAMES.map(bytesOf)];
NAMES.forEach((name, index) => {
  const key = keyOf(name.length, name.charCodeAt(0));
  NEXT[index + 1] = FIRST[key]!;
  FIRST[key] = index + 1;
});

/** The number of the name at `start` in `bytes`. `hasUnderscore`: as the parser saw it in passing. */
export function identify(bytes: Uint8Array, start: number, end: number, hasUnderscore: boolean): number {
  if (hasUnderscore) return DOUBTFUL;
  const length = end - start;
  if (length > 63) return isForwardedPrefix(bytes, start, length) ? DOUBTFUL : 0;
  for (let id = FIRST[keyOf(length, bytes[start]!)]!; id !== 0; id = NEXT[id]!) {
    if (isSameName(bytes, start, BYTES[id]!)) return id;
  }
  return isForwardedPrefix(bytes, start, length) ? DOUBTFUL : 0;
}

/** `expected` is lower case letters, digits and dashes; a letter differs from its capital in one bit. */
function isSameName(bytes: Uint8Array, start: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) {
    const code = expected[index]!;
    const actual = bytes[start + index]!;
    if (actual !== code && ((actual | LOWER_CASE) !== code || code < 0x61)) return false;
  }
  return true;
}

function isForwardedPrefix(bytes: Uint8Array, start: number, length: number): boolean {
  return (
    length > FORWARDED_PREFIX.length &&
    (bytes[start]! | LOWER_CASE) === FORWARDED_PREFIX[0] &&
    isSameName(bytes, start, FORWARDED_PREFIX)
  );
}

function keyOf(length: number, first: number): number {
  return (length << 5) | (first & LETTER);
}

function bytesOf(name: string): Uint8Array {
  return Uint8Array.from(name, (character) => character.charCodeAt(0));
}

function flags(holds: (name: string) => boolean): Uint8Array {
  return Uint8Array.from({ length: FIELD_IDS }, (_, id) =>
    Number(id > 0 && id <= NAMES.length && holds(NAMES[id - 1]!)),
  );
}
