import type { AccessLogRecord } from '../../../../common/contract/index.js';
import type { OutputFormat } from '../../../../common/config/index.js';

/** A record as one line of text, its line feed included. Nothing that a client sent can end the line or start another. */
export type LineFormat = (record: AccessLogRecord) => string;

export const LINE_FORMATS: Readonly<Record<OutputFormat, LineFormat>> = {
  json: (record) => `${escapedControls(JSON.stringify({ ...record, time: isoTime(record.time) }))}\n`,
  common: (record) => `${commonLine(record)}\n`,
  combined: (record) =>
    `${commonLine(record)} "${quotedText(record.referer)}" "${quotedText(record.userAgent)}"\n`,
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
/** JSON leaves these as they are, and some terminals obey them. */
const CONTROLS = /[\u007f-\u009f]/g;
/** As nginx has it: what could end a quoted text or a line, and every byte that is not printable ASCII. */
const UNSAFE = /[^ !#-[\]-~]/g;
const UNSAFE_WORD = /[^!#-[\]-~]/g;

/** Host, identity, user, time, request line, status and size of the body: NCSA's common format. Times are of UTC. */
function commonLine(record: AccessLogRecord): string {
  const { client, bytesOut, time, status } = record;
  const host = client === '' ? '-' : client.replace(UNSAFE_WORD, escapedBytes);
  return `${host} - - [${clfTime(time)}] "${requestLine(record)}" ${status} ${bytesOut === 0 ? '-' : bytesOut}`;
}

/** A head that could not be read has none. */
function requestLine({ method, path, query, protocol }: AccessLogRecord): string {
  if (method === '' && path === '') return '-';
  const target = query === '' ? path : `${path}?${query}`;
  return quotedText(`${method} ${target} ${protocol}`);
}

function quotedText(text: string): string {
  return text === '' ? '-' : text.replace(UNSAFE, escapedBytes);
}

/** Bytes of a head stand as the characters U+0000 to U+00FF; others are those of their UTF-8. */
function escapedBytes(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 256) return escapedByte(code);
  return Array.from(Buffer.from(character), escapedByte).join('');
}

function escapedByte(byte: number): string {
  return `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

function escapedControls(json: string): string {
  return json.replace(CONTROLS, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

/** A clock that is out of its mind must not cost the line. */
function isoTime(unixMs: number): string {
  return validDate(unixMs).toISOString();
}

function clfTime(unixMs: number): string {
  const date = validDate(unixMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

function validDate(unixMs: number): Date {
  const date = new Date(unixMs);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}
