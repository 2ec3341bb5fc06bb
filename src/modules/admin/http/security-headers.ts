import type { ServerResponse } from 'node:http';

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
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** `no-store`: answers hold live state, and sometimes what only the token's holder may see. */
export function setSecurityHeaders(response: ServerResponse, path: string): void {
  const isDocs = path === '/docs' || path.startsWith('/docs/');
  response.setHeader('Content-Security-Policy', isDocs ? DOCS_POLICY : DATA_POLICY);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Cache-Control', 'no-store');
}
