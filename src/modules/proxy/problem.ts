import { DROP_REASONS, type DropReason } from '../../common/contract/index.js';
import type { Exchange, ExceededLimit } from './exchange.js';
import type { FixedAnswer } from './fixed-answer.js';

/** What a client is answered when the balancer itself ends its exchange (RFC 9457). Made here for every lane. */
export interface Problem {
  readonly status: number;
  readonly statusText: string;
  /** Name, value, name, value ...; complete but for what concerns the connection. */
  readonly headers: string[];
  /** UTF-8, ASCII only in fact; not to be sent in answer to HEAD. */
  readonly body: string;
}

/** Seconds after which a client may try again when no backend is available: about one probe interval. */
const RETRY_AFTER_SECONDS = '5';

/** As `node:http` has them, which the wire lane does not load. */
export const STATUS_TEXTS: Readonly<Record<(typeof DROP_REASONS)[DropReason]['status'], string>> = {
  308: 'Permanent Redirect',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  414: 'URI Too Long',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  499: 'Client Closed Request',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  508: 'Loop Detected',
};

/** Further statuses that a fixed answer is likely to have; the text behind a status means nothing (RFC 9112 section 4). */
const FIXED_TEXTS: Readonly<Record<number, string>> = {
  ...STATUS_TEXTS,
  200: 'OK',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  307: 'Temporary Redirect',
  410: 'Gone',
};

/** Says the reason and nothing of the inside: no address, no error text, no version. */
export function problemOf(exchange: Exchange, reason: DropReason): Problem {
  if (exchange.answer !== null) return answerOf(exchange.answer, exchange.requestId);
  const { status, detail } = DROP_REASONS[reason];
  const statusText = STATUS_TEXTS[status];
  const { requestId } = exchange;
  const body = JSON.stringify({ type: 'about:blank', title: statusText, status, detail, reason, requestId });
  const headers = [
    'Content-Type',
    'application/problem+json',
    'Content-Length',
    String(body.length),
    'Cache-Control',
    'no-store',
    'X-Request-Id',
    requestId,
  ];
  if (status === 503) headers.push('Retry-After', retryAfterOf(exchange));
  if (exchange.limit !== null) headers.push(...limitFields(exchange.limit));
  return { status, statusText, headers, body };
}

function retryAfterOf({ retryAfterMs }: Exchange): string {
  return retryAfterMs === 0 ? RETRY_AFTER_SECONDS : String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
}

function answerOf({ status, headers, body }: FixedAnswer, requestId: string): Problem {
  const length = ['Content-Length', String(body.length), 'X-Request-Id', requestId];
  return { status, statusText: FIXED_TEXTS[status] ?? '', headers: [...headers, ...length], body };
}

/**
 * `Retry-After`, and the fields of draft-ietf-httpapi-ratelimit-headers-10: the policy's quota in its window, and that
 * nothing remains for so many seconds.
 */
function limitFields({ settings, waitMs }: ExceededLimit): string[] {
  const { name, limit, windowMs } = settings;
  const seconds = String(Math.max(1, Math.ceil(waitMs / 1000)));
  return [
    'Retry-After',
    seconds,
    'RateLimit-Policy',
    `"${name}";q=${limit};w=${Math.max(1, Math.round(windowMs / 1000))}`,
    'RateLimit',
    `"${name}";r=0;t=${seconds}`,
  ];
}

/** The whole answer as text, a byte per character. `fields`: further lines, each with its end; the body is left out for HEAD. */
export function problemText(exchange: Exchange, reason: DropReason, fields: string): string {
  const problem = problemOf(exchange, reason);
  let text = `HTTP/1.1 ${problem.status} ${problem.statusText}\r\nDate: ${new Date().toUTCString()}\r\n`;
  for (let index = 0; index < problem.headers.length; index += 2) {
    text += `${problem.headers[index]}: ${problem.headers[index + 1]}\r\n`;
  }
  text += `${fields}\r\n`;
  if (exchange.head.method === 'HEAD') return text;
  exchange.bytesOut = problem.body.length;
  return text + problem.body;
}
