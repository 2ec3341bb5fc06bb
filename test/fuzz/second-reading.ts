/**
 * HTTP/1.1 read a second time, straight from RFC 9112 and RFC 9110: whole texts, no state between calls, nothing shared
 * with the balancer. Where the RFC lets a recipient choose between repairing and refusing, it refuses.
 * Texts are latin1: one character per byte.
 */
export type Field = readonly [name: string, value: string];

export interface ReadRequest {
  readonly method: string;
  readonly target: string;
  /** `1.0` or `1.1`. */
  readonly version: string;
  readonly fields: readonly Field[];
  readonly body: string;
  readonly trailers: readonly Field[];
}

export interface ReadResponse {
  readonly status: number;
  readonly version: string;
  readonly fields: readonly Field[];
  readonly body: string;
  readonly trailers: readonly Field[];
  /** Where the response begins and ends in the text; interim responses before a final one are its own. */
  readonly start: number;
  readonly end: number;
  /** Whether the end of the connection is the end of the body. */
  readonly isCloseDelimited: boolean;
}

/** How a text ends behind its last whole message: there, in the middle of one, or with what is no HTTP. */
export type Ending = 'complete' | 'partial' | 'refused';

export interface Reading<Message> {
  readonly messages: readonly Message[];
  readonly ending: Ending;
  /** Why the text was refused; empty otherwise. */
  readonly why: string;
  /** Where the first message begins that is not whole. */
  readonly end: number;
}

/** Whose start lines are understood: those of the RFC, or of a lane where it is more lenient. See `KNOWN_DIFFERENCES`. */
export type Lines = 'rfc' | 'wire' | 'llhttp';

class Refused extends Error {}
class Partial extends Error {}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e]+) HTTP\/(1\.[01])$/;
/** Request lines as llhttp takes them at its strictest; it skips any line ends before them. See `KNOWN_DIFFERENCES`. */
const LLHTTP_REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) +([\x21-\x7e]+) +(?:HTTP|RTSP|ICE)\/(1\.[01])$/;
/** Statuses beyond 599 are none, but everybody is told to take them for 500 (RFC 9110 section 15). */
const STATUS_LINE = /^HTTP\/(1\.[01]) ([1-9][0-9]{2}) [\t\x20-\x7e\x80-\xff]*$/;
const WIRE_STATUS_LINE = /^HTTP\/(1\.[01]) ([1-9][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const LLHTTP_STATUS_LINE = /^HTTP\/(0\.9|1\.[01]|2\.0) ([0-9]{3})(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const CHUNK_LINE =
  /^([0-9A-Fa-f]+)((?:[ \t]*;[ \t]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:[ \t]*=[ \t]*(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))?)*)$/;
const HOST = /^(?:|(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})+)(?::[0-9]*)?)$/;

/** All requests of one connection. */
export function readRequests(text: string, lines: Lines = 'rfc'): Reading<ReadRequest> {
  return readAll(text, (cursor) =>
    readRequest(cursor, lines === 'llhttp' ? LLHTTP_REQUEST_LINE : REQUEST_LINE),
  );
}

/** All final responses of one connection, to requests of these methods, in order. `hasEnded`: nothing will follow. */
export function readResponses(
  text: string,
  methods: readonly string[],
  hasEnded: boolean,
  lines: Lines = 'rfc',
): Reading<ReadResponse> {
  let index = 0;
  return readAll(text, (cursor) => {
    const method = methods[index++];
    if (method === undefined) throw new Refused('a response that nobody asked for');
    return readResponse(cursor, method, hasEnded, lines);
  });
}

/** All values of a field. */
export function valuesOf(fields: readonly Field[], name: string): string[] {
  return fields.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
}

/** Where in a text somebody reads. */
class Cursor {
  constructor(
    readonly text: string,
    public position = 0,
  ) {}

  get isAtEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** The line that begins here, without its end. A line feed or carriage return alone ends none (RFC 9112 section 2.2). */
  line(): string {
    const rest = this.text.slice(this.position);
    const stop = rest.search(/[\r\n]/);
    if (stop < 0 || (rest[stop] === '\r' && stop === rest.length - 1)) throw new Partial();
    if (!rest.startsWith('\r\n', stop)) throw new Refused('a line end that is not CR LF');
    this.position += stop + 2;
    return rest.slice(0, stop);
  }

  take(count: number): string {
    if (this.text.length - this.position < count) throw new Partial();
    this.position += count;
    return this.text.slice(this.position - count, this.position);
  }

  rest(): string {
    return this.take(this.text.length - this.position);
  }
}

function readAll<Message>(text: string, read: (cursor: Cursor) => Message): Reading<Message> {
  const messages: Message[] = [];
  const cursor = new Cursor(text);
  let end = 0;
  try {
    for (;;) {
      end = cursor.position;
      if (cursor.isAtEnd) return { messages, ending: 'complete', why: '', end };
      messages.push(read(cursor));
    }
  } catch (error) {
    if (error instanceof Partial) return { messages, ending: 'partial', why: '', end };
    if (error instanceof Refused) return { messages, ending: 'refused', why: error.message, end };
    throw error;
  }
}

/** Empty lines before a request line are skipped (RFC 9112 section 2.2). They are nobody's: they are never passed on. */
function readRequest(cursor: Cursor, requestLine: RegExp): ReadRequest {
  while (cursor.text.startsWith('\r\n', cursor.position)) cursor.position += 2;
  if (requestLine === LLHTTP_REQUEST_LINE) skipLineEnds(cursor);
  if (cursor.isAtEnd || cursor.text.slice(cursor.position) === '\r') throw new Partial();
  const parts = requestLine.exec(cursor.line());
  if (parts === null) throw new Refused('a request line that is none');
  const [, method = '', target = '', version = ''] = parts;
  const fields = readFields(cursor);
  checkTarget(method, target);
  checkHost(version, fields, target);
  return { method, target, version, fields, ...readRequestBody(cursor, version, fields) };
}

function readRequestBody(cursor: Cursor, version: string, fields: readonly Field[]) {
  const framing = framingOf(version, fields);
  if (framing === 'chunked') return readChunks(cursor);
  return { body: cursor.take(framing ?? 0), trailers: [] };
}

function readResponse(cursor: Cursor, method: string, hasEnded: boolean, lines: Lines): ReadResponse {
  if (lines === 'llhttp') skipLineEnds(cursor);
  const start = cursor.position;
  for (;;) {
    const parts = statusLineOf(lines).exec(cursor.line());
    if (parts === null) throw new Refused('a status line that is none');
    const version = parts[1]!;
    const status = Number(parts[2]);
    const fields = readFields(cursor);
    if (status === 101) throw new Refused('an upgrade that nobody asked for');
    if (status < 200) {
      if (lines === 'rfc') checkInterim(fields);
      continue;
    }
    const framing = framingOf(lines === 'llhttp' ? '1.1' : version, fields);
    const isBodiless = method === 'HEAD' || status === 204 || status === 304;
    let isCloseDelimited = false;
    let content: { body: string; trailers: readonly Field[] } = { body: '', trailers: [] };
    if (isBodiless) content.body = '';
    else if (framing === 'chunked') content = readChunks(cursor);
    else if (framing !== null) content.body = cursor.take(framing);
    else {
      if (!hasEnded) throw new Partial();
      isCloseDelimited = true;
      content.body = cursor.rest();
    }
    return { status, version, fields, ...content, start, end: cursor.position, isCloseDelimited };
  }
}

/** An interim response has no body, and says nothing of one (RFC 9110 section 8.6, RFC 9112 section 6.1). */
function checkInterim(fields: readonly Field[]): void {
  const framing = [...valuesOf(fields, 'content-length'), ...valuesOf(fields, 'transfer-encoding')];
  if (framing.length > 0) throw new Refused('an interim response with framing');
}

function skipLineEnds(cursor: Cursor): void {
  while (!cursor.isAtEnd && '\r\n'.includes(cursor.text[cursor.position]!)) cursor.position++;
}

function statusLineOf(lines: Lines): RegExp {
  if (lines === 'llhttp') return LLHTTP_STATUS_LINE;
  return lines === 'wire' ? WIRE_STATUS_LINE : STATUS_LINE;
}

function readFields(cursor: Cursor): Field[] {
  const fields: Field[] = [];
  for (;;) {
    const line = cursor.line();
    if (line === '') return fields;
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, '');
    // No colon, a blank before it, and a folded line all fail here: none of them is a token.
    if (colon < 0 || !TOKEN.test(name)) throw new Refused(`a field name that is none`);
    if (!FIELD_VALUE.test(value)) throw new Refused('a control character in a field value');
    fields.push([name, value]);
  }
}

/** The length of a body, `chunked`, or null where the head says nothing (RFC 9112 section 6.3). */
function framingOf(version: string, fields: readonly Field[]): number | 'chunked' | null {
  const codings = valuesOf(fields, 'transfer-encoding');
  const lengths = valuesOf(fields, 'content-length');
  if (codings.length > 0 && lengths.length > 0) throw new Refused('two framings');
  if (codings.length > 0) {
    if (version === '1.0') throw new Refused('Transfer-Encoding in HTTP/1.0');
    if (codings.length > 1 || codings[0]!.toLowerCase() !== 'chunked')
      throw new Refused('a coding but chunked');
    return 'chunked';
  }
  if (lengths.length === 0) return null;
  if (lengths.length > 1 || !/^[0-9]+$/.test(lengths[0]!)) throw new Refused('a Content-Length that is none');
  if (!Number.isSafeInteger(Number(lengths[0]))) throw new Refused('a Content-Length beyond counting');
  return Number(lengths[0]);
}

function readChunks(cursor: Cursor): { body: string; trailers: readonly Field[] } {
  let body = '';
  for (;;) {
    const parts = CHUNK_LINE.exec(cursor.line());
    if (parts === null) throw new Refused('a chunk line that is none');
    const size = Number.parseInt(parts[1]!, 16);
    if (!Number.isSafeInteger(size)) throw new Refused('a chunk size beyond counting');
    if (size === 0) return { body, trailers: readFields(cursor) };
    body += cursor.take(size);
    const end = cursor.text.slice(cursor.position, cursor.position + 2);
    if (!'\r\n'.startsWith(end)) throw new Refused('a chunk longer than it says');
    cursor.take(2);
  }
}

/** Origin form, absolute form of `http` or `https`, and `*` for OPTIONS (RFC 9112 section 3.2); CONNECT is no gateway's. */
function checkTarget(method: string, target: string): void {
  const isSound =
    method !== 'CONNECT' &&
    !target.includes('#') &&
    (target.startsWith('/') ||
      (target === '*' && method === 'OPTIONS') ||
      /^https?:\/\/[^/?@]+([/?].*)?$/i.test(target));
  if (!isSound) throw new Refused('a target that is none');
}

/** An absolute target makes what `Host` says meaningless (RFC 9112 section 3.2.2), but not that there is one. */
function checkHost(version: string, fields: readonly Field[], target: string): void {
  const hosts = valuesOf(fields, 'host');
  if (hosts.length > 1 || (hosts.length === 0 && version === '1.1')) throw new Refused('no Host, or two');
  const authority = /^https?:\/\/([^/?]+)/i.exec(target)?.[1];
  if (hosts.length === 1 && !HOST.test(authority ?? hosts[0]!)) throw new Refused('a Host that is none');
}
