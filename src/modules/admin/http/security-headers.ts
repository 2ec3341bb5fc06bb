import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { isHostName } from '../access/host.check.js';

/** Swagger UI puts style elements and style attributes into the page; scripts come from our own files only. */
const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
/** Of the dashboard: nothing but its own files, and no text that becomes markup or code (trusted types). */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** A year. It counts for the name that was called and not for those below it, which may be somebody else's. */
const HTTPS_ONLY = 'max-age=31536000';

/** `no-store`: answers hold live state, and sometimes what only the token's holder may see. */
export function setSecurityHeaders(request: IncomingMessage, response: ServerResponse, path: string): void {
  const isDocs = path === '/docs' || path.startsWith('/docs/');
  response.setHeader('Content-Security-Policy', isDocs ? DOCS_POLICY : DATA_POLICY);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cache-Control', 'no-store');
  // `localhost` is every program of this machine: the others stay reachable.
  if (request.socket instanceof TLSSocket && isHostName(request.headers.host ?? '')) {
    response.setHeader('Strict-Transport-Security', HTTPS_ONLY);
  }
}

/** What replaces the policy of data when the answer is a page of the dashboard. */
export function setPageHeaders(response: ServerResponse): void {
  response.setHeader('Content-Security-Policy', PAGE_POLICY);
}
