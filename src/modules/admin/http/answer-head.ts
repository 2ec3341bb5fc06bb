import type { IncomingMessage, ServerResponse } from 'node:http';
import { assignRequestId, requestIdOf } from './request-id.js';
import { setSecurityHeaders } from './security-headers.js';

/** A request as Express hands it on: `originalUrl` is the target as it came. */
export type AdminRequest = IncomingMessage & { readonly originalUrl?: string };

/** The raw path, without the query. */
export function pathOf(request: AdminRequest): string {
  return (request.originalUrl ?? request.url ?? '/').split('?')[0]!;
}

/** Gives an answer what every one has: request id and security headers. Calling it again changes nothing. */
export function prepareAnswer(request: AdminRequest, response: ServerResponse): void {
  if (requestIdOf(response) !== '') return;
  assignRequestId(request, response);
  setSecurityHeaders(request, response, pathOf(request));
}
