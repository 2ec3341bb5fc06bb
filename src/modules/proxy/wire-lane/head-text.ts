import type { Exchange } from '../exchange.js';
import {
  acceptsTrailers,
  forwardingFields,
  hostFor,
  requestRules,
  responseRules,
  tellsTrace,
  trailerFields,
} from '../forwarding-headers.js';
import { connectionOptions } from '../header-names.js';
import type { HeaderRules } from '../shaping/header-rules.js';
import { traceparentFor } from '../tracing/tracer.js';
import { DOUBTFUL, FIELD_IDS, FieldId, IS_FORWARDING, IS_HOP_BY_HOP, isImpostor } from './field-names.js';
import type { FieldSection } from './field-section.js';
import { Framing } from './request-head.js';
import type { ResponseHead } from './response-head.js';
import { fieldLines, type WireHead } from './wire-head.js';

/*
 * Heads as text, by the rules of `forwarding-headers.ts`: runs of fields that stay are copied as they came, from one that
 * goes to the next. The conformance suite holds both to the same results.
 */

const CRLF = '\r\n';

/** What is done with a field, by its number. */
const Fate = { stays: 0, goes: 1, goesUnlessTrusted: 2, trailer: 3, doubtful: 4 } as const;

const IN_REQUEST = Uint8Array.from({ length: FIELD_IDS }, (_, id) => {
  if (IS_HOP_BY_HOP[id] === 1 || id === FieldId.host || id === FieldId['x-request-id']) return Fate.goes;
  if (id === FieldId.trailer) return Fate.trailer;
  if (id === DOUBTFUL) return Fate.doubtful;
  if (id === FieldId.forwarded || id === FieldId['x-real-ip']) return Fate.goesUnlessTrusted;
  // The four others are written anew whoever says them.
  return IS_FORWARDING[id] === 1 ? Fate.goes : Fate.stays;
});

/** By {@link TraceFate}: fields of the trace that are not the client's any more go. */
const IN_TRACED_REQUEST: readonly Uint8Array[] = [
  IN_REQUEST,
  without(IN_REQUEST, [FieldId.traceparent]),
  without(IN_REQUEST, [FieldId.traceparent, FieldId.tracestate]),
];

const IN_RESPONSE = Uint8Array.from({ length: FIELD_IDS }, (_, id) => {
  if (IS_HOP_BY_HOP[id] === 1 || id === FieldId['x-request-id']) return Fate.goes;
  return id === FieldId.trailer ? Fate.trailer : Fate.stays;
});

/** An interim response has no body, and so nothing that frames one (RFC 9110 section 8.6). */
const IN_INTERIM = Uint8Array.from(IN_RESPONSE, (fate, id) =>
  id === FieldId['content-length'] ? Fate.goes : fate,
);

function without(fates: Uint8Array, ids: readonly number[]): Uint8Array {
  return Uint8Array.from(fates, (fate, id) => (ids.includes(id) ? Fate.goes : fate));
}

/** What of a message's own fields may not pass besides the fate of each by its name. */
interface Passing {
  readonly fates: Uint8Array;
  /** Names in lower case that `Connection` declares hop-by-hop, or that the service's rules take out. */
  readonly named: readonly string[];
  readonly isTrusted: boolean;
  readonly keepsTrailers: boolean;
}

/** The request head that a backend gets: that of the present attempt, or the one beside it. */
export function requestText(exchange: Exchange, head: WireHead, backend = exchange.backend): string {
  const isChunked = head.framing === Framing.chunked;
  const rules = requestRules(exchange);
  // A request without a host of its own has an empty one: HTTP/1.1 knows none without (RFC 9112 section 3.2).
  let text = `${head.method} ${exchange.target} HTTP/1.1\r\nHost: ${hostFor(exchange, rules)}\r\n`;
  text += passedFields(
    head,
    IN_TRACED_REQUEST[exchange.traceFate]!,
    namedOptions(head, rules),
    passing(exchange.isPeerTrusted, isChunked),
  );
  if (isChunked) text += 'Transfer-Encoding: chunked\r\n';
  if (acceptsTrailers(exchange)) text += 'TE: trailers\r\nConnection: keep-alive, TE\r\n';
  text += addedText(exchange, head);
  if (tellsTrace(exchange, rules)) text += `traceparent: ${traceparentFor(exchange, backend)}${CRLF}`;
  return rules === null ? text + CRLF : text + rules.lines(exchange) + CRLF;
}

/**
 * The response head that the client gets.
 *
 * @param framing Field lines that frame the body on the client's side, and say whether the connection closes.
 */
export function responseText(exchange: Exchange, head: ResponseHead, framing: string): string {
  const isChunked = head.framing === Framing.chunked && exchange.head.protocol === 'HTTP/1.1';
  const rules = responseRules(exchange);
  const fields = passedFields(head, IN_RESPONSE, namedOptions(head, rules), passing(true, isChunked));
  let text = `HTTP/1.1 ${head.statusLine}${fields}`;
  if (head.indexOf(FieldId.date) < 0) text += `Date: ${new Date().toUTCString()}${CRLF}`;
  text += `X-Request-Id: ${exchange.requestId}${CRLF}${framing}`;
  if (rules !== null) text += rules.lines(exchange);
  if (exchange.affinityCookie !== '') text += `Set-Cookie: ${exchange.affinityCookie}${CRLF}`;
  if (exchange.groupCookie !== '') text += `Set-Cookie: ${exchange.groupCookie}${CRLF}`;
  return text + CRLF;
}

/** An interim response as the client gets it. */
export function interimText(head: ResponseHead): string {
  const fields = passedFields(head, IN_INTERIM, namedOptions(head, null), TRUSTED);
  return `HTTP/1.1 ${head.statusLine}${fields}${CRLF}`;
}

/** The end of a chunked body, with the trailer fields that may be passed on. */
export function lastChunkText(trailers: FieldSection | null): string {
  if (trailers === null || trailers.count === 0) return '0\r\n\r\n';
  let text = '0\r\n';
  for (const [name, value] of trailerFields(trailers.toList())) text += `${name}: ${value}${CRLF}`;
  return text + CRLF;
}

/** Whether the sender is believed, and whether its trailers come: bits. */
const TRUSTED = 1;
const WITH_TRAILERS = 2;

function passing(isTrusted: boolean, keepsTrailers: boolean): number {
  return (isTrusted ? TRUSTED : 0) | (keepsTrailers ? WITH_TRAILERS : 0);
}

function passedFields(head: FieldSection, fates: Uint8Array, named: readonly string[], bits: number): string {
  const isTrusted = (bits & TRUSTED) !== 0;
  const keepsTrailers = (bits & WITH_TRAILERS) !== 0;
  let text = '';
  let run = -1;
  for (let index = 0; index < head.count; index++) {
    const fate = fates[head.idAt(index)];
    if (
      stays(fate!, named) ||
      (fate !== Fate.goes && passes(head, index, { fates, named, isTrusted, keepsTrailers }))
    ) {
      if (run < 0) run = head.lineStart(index);
    } else if (run >= 0) {
      text += head.text.slice(run, head.lineStart(index));
      run = -1;
    }
  }
  return run < 0 ? text : text + head.text.slice(run, head.lineStart(head.count));
}

/** Nearly every field: nothing of it needs to be looked at. */
function stays(fate: number, named: readonly string[]): boolean {
  return fate === Fate.stays && named.length === 0;
}

/** The judgement of a field that is not simply passed on by its number. */
function passes(head: FieldSection, index: number, passing: Passing): boolean {
  const { named } = passing;
  if (named.length > 0 && named.includes(head.nameAt(index).toLowerCase())) return false;
  switch (passing.fates[head.idAt(index)]) {
    case Fate.stays:
      return true;
    case Fate.goesUnlessTrusted:
      return passing.isTrusted;
    case Fate.trailer:
      return passing.keepsTrailers;
    case Fate.doubtful: {
      const { isForwarding, isDouble } = isImpostor(head.nameAt(index));
      return !isDouble && (passing.isTrusted || !isForwarding);
    }
    default:
      return false;
  }
}

const NONE: readonly string[] = [];

/** The names that `Connection` declares hop-by-hop, and those that the rules take out. */
function namedOptions(head: FieldSection, rules: HeaderRules | null): readonly string[] {
  const options = optionsOf(head);
  if (rules === null || rules.removed.length === 0) return options;
  return options.length === 0 ? rules.removed : options.concat(rules.removed);
}

function optionsOf(head: FieldSection): readonly string[] {
  const connection = head.valueById(FieldId.connection);
  const hasOther = head.indexOf(FieldId['proxy-connection']) >= 0;
  if (connection === undefined && !hasOther) return NONE;
  if (!hasOther && isPlainOption(connection!) && head.countOf(FieldId.connection) === 1) return NONE;
  return connectionOptions(head.toList());
}

function isPlainOption(value: string): boolean {
  return value === 'keep-alive' || value === 'close' || value === 'Keep-Alive' || value === 'Close';
}

/** What we say about the request: where it came from, its id, and that it passed here. */
function addedText(exchange: Exchange, head: WireHead): string {
  const forwarding = exchange.isPeerTrusted
    ? fieldLines(forwardingFields(exchange))
    : head.forwardedLines(exchange);
  return `${forwarding}X-Request-Id: ${exchange.requestId}\r\nVia: 1.${head.minor} ${exchange.pseudonym}\r\n`;
}
