import type { BackendRuntime } from '../balancer/index.js';
import type { Exchange } from './exchange.js';
import type { HeaderRules } from './shaping/header-rules.js';
import {
  connectionOptions,
  isAllowedTrailer,
  isForwarding,
  isHopByHop,
  isUnderscoreDouble,
} from './header-names.js';
import { TraceFate } from './tracing/trace.fate.js';
import { traceparentFor } from './tracing/tracer.js';

/** Name, value, name, value ... */
export type HeaderList = string[];

/**
 * The header section that a backend gets: what the client sent, in its case and order, through these passes:
 * 1. hop-by-hop fields go, also those that `Connection` names; framing is the lane's own affair, `Content-Length` stays;
 * 2. what a peer that is not trusted says about forwarding goes, in any spelling; ours replaces it;
 * 3. `Host` is the authority of the target, and first (RFC 9110 section 7.2); the request id and `Via` are ours.
 *
 * `keepsTrailers`: whether the body goes on in chunks, so that a `Trailer` field is still true. `backend`: whose attempt it
 * is; null: of none.
 */
export function requestHeaders(
  exchange: Exchange,
  keepsTrailers: boolean,
  backend: BackendRuntime | null = exchange.backend,
): HeaderList {
  const { rawHeaders } = exchange.head;
  const named = connectionOptions(rawHeaders);
  const rules = requestRules(exchange);
  const host = hostFor(exchange, rules);
  const list: HeaderList = host === '' ? [] : ['Host', host];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    const lower = name.toLowerCase();
    if (isHopByHop(lower) || named.includes(lower) || isUnderscoreDouble(lower)) continue;
    if (isReplaced(exchange, lower) || (lower === 'trailer' && !keepsTrailers)) continue;
    if (rules !== null && rules.removed.includes(lower)) continue;
    list.push(name, rawHeaders[index + 1]!);
  }
  list.push(...forwardingFields(exchange));
  list.push(
    'X-Request-Id',
    exchange.requestId,
    'Via',
    `${exchange.head.protocol.slice(5)} ${exchange.pseudonym}`,
  );
  if (tellsTrace(exchange, rules)) list.push('traceparent', traceparentFor(exchange, backend));
  rules?.appendTo(list, exchange);
  return list;
}

/** Whether a `traceparent` of our own goes to the backend. */
export function tellsTrace({ traceFate }: Exchange, rules: HeaderRules | null): boolean {
  return traceFate !== TraceFate.passes && (rules === null || !rules.removed.includes('traceparent'));
}

/** The service's rules for the headers of requests; null: it has none. */
export function requestRules({ shaping }: Exchange): HeaderRules | null {
  return shaping === null ? null : shaping.requestHeaders;
}

/** The `Host` that a backend gets: what the rules set, else the authority of the target; empty: there is none. */
export function hostFor(exchange: Exchange, rules: HeaderRules | null): string {
  return rules === null || rules.host === null ? exchange.authority : rules.host.fill(exchange);
}

/** The same as {@link requestRules} for responses. */
export function responseRules({ shaping }: Exchange): HeaderRules | null {
  return shaping === null ? null : shaping.responseHeaders;
}

/**
 * The header section that the client gets of a backend's response. No `Via` is added: a gateway need not
 * (RFC 9110 section 7.6.3), and it would tell clients what runs here.
 */
export function responseHeaders(
  exchange: Exchange,
  rawHeaders: readonly string[],
  keepsTrailers: boolean,
): HeaderList {
  const rules = responseRules(exchange);
  const list = endToEndHeaders(rawHeaders, keepsTrailers, rules === null ? NONE : rules.removed);
  list.push('X-Request-Id', exchange.requestId);
  rules?.appendTo(list, exchange);
  if (exchange.affinityCookie !== '') list.push('Set-Cookie', exchange.affinityCookie);
  if (exchange.groupCookie !== '') list.push('Set-Cookie', exchange.groupCookie);
  return list;
}

const NONE: readonly string[] = [];

/** What of a response's fields, final or interim, may pass; without `X-Request-Id`, which is ours, and those `removed`. */
export function endToEndHeaders(
  rawHeaders: readonly string[],
  keepsTrailers: boolean,
  removed = NONE,
): HeaderList {
  const named = connectionOptions(rawHeaders);
  const list: HeaderList = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    const lower = name.toLowerCase();
    if (isHopByHop(lower) || named.includes(lower) || lower === 'x-request-id') continue;
    if ((lower === 'trailer' && !keepsTrailers) || removed.includes(lower)) continue;
    list.push(name, rawHeaders[index + 1]!);
  }
  return list;
}

/** What of an interim response's fields may pass: none that frames a body, as it has none (RFC 9110 section 8.6). */
export function interimHeaders(rawHeaders: readonly string[]): HeaderList {
  const list = endToEndHeaders(rawHeaders, false);
  return list.filter((_, index) => list[index - (index % 2)]!.toLowerCase() !== 'content-length');
}

/** The trailer fields that may be passed on, as pairs. */
export function trailerFields(rawTrailers: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index < rawTrailers.length; index += 2) {
    const name = rawTrailers[index]!;
    if (isAllowedTrailer(name.toLowerCase())) pairs.push([name, rawTrailers[index + 1]!]);
  }
  return pairs;
}

/** Whether the client takes trailers: the one value of `TE` that a proxy may repeat to the next hop. */
export function acceptsTrailers(exchange: Exchange): boolean {
  const te = exchange.header('te');
  return te !== undefined && te.toLowerCase().includes('trailers');
}

/** Of a trusted peer, `Forwarded` and what else it says stay; the four fields that we set are written anew either way. */
function isReplaced(exchange: Exchange, lower: string): boolean {
  if (lower === 'x-request-id' || lower === 'host') return true;
  if (exchange.traceFate !== TraceFate.passes && isReplacedTrace(exchange, lower)) return true;
  if (!isForwarding(lower)) return false;
  return !exchange.isPeerTrusted || SET_BY_US.has(lower);
}

function isReplacedTrace({ traceFate }: Exchange, lower: string): boolean {
  return lower === 'traceparent' || (lower === 'tracestate' && traceFate === TraceFate.begun);
}

const SET_BY_US: ReadonlySet<string> = new Set([
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
]);

/** What we say about where the request came from. */
export function forwardingFields(exchange: Exchange): HeaderList {
  const { head } = exchange;
  const list: HeaderList = [];
  const proto = head.isSecure ? 'https' : 'http';
  const port = String(head.localPort);
  list.push('X-Forwarded-For', forwardedFor(exchange));
  list.push('X-Forwarded-Proto', told(exchange, 'x-forwarded-proto') ?? proto);
  const host = told(exchange, 'x-forwarded-host') ?? exchange.authority;
  if (host !== '') list.push('X-Forwarded-Host', host);
  list.push('X-Forwarded-Port', told(exchange, 'x-forwarded-port') ?? port);
  return list;
}

function forwardedFor(exchange: Exchange): string {
  const before = told(exchange, 'x-forwarded-for');
  return before === undefined ? exchange.head.peer : `${before}, ${exchange.head.peer}`;
}

/** What a trusted peer says; undefined from any other, or when it says nothing. */
function told(exchange: Exchange, name: string): string | undefined {
  if (!exchange.isPeerTrusted) return undefined;
  const value = exchange.header(name);
  return value === '' ? undefined : value;
}
