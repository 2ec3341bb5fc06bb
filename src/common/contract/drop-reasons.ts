/**
 * Why the balancer itself ended an exchange: the closed list, and the only place that maps a reason to a status.
 *
 * `code` is what crosses the planes and indexes the counters: it is never reused or renumbered.
 * `status` is what the client is answered; `logOnly` marks reasons where nobody is left to be answered.
 */
export const DROP_REASONS = {
  bad_request: { code: 0, status: 400, detail: 'The request is not valid HTTP.' },
  head_timeout: { code: 1, status: 408, detail: 'The request head did not arrive in time.' },
  uri_too_long: { code: 2, status: 414, detail: 'The request target is longer than this listener accepts.' },
  head_too_large: { code: 3, status: 431, detail: 'The request head is larger than this listener accepts.' },
  loop_detected: { code: 4, status: 508, detail: 'The request has already passed through this balancer.' },
  no_route: { code: 5, status: 404, detail: 'No service serves this host and path.' },
  no_backend: { code: 6, status: 503, detail: 'No backend of the service is available.' },
  connect_failed: { code: 7, status: 502, detail: 'No connection to a backend could be made.' },
  bad_response: { code: 8, status: 502, detail: 'The backend broke off or did not answer with valid HTTP.' },
  connect_timeout: { code: 9, status: 504, detail: 'Connecting to the backend took too long.' },
  response_timeout: { code: 10, status: 504, detail: 'The backend did not start to respond in time.' },
  request_timeout: { code: 11, status: 504, detail: 'The exchange took longer than the service allows.' },
  body_timeout: { code: 12, status: 408, detail: 'The request body stopped arriving.' },
  client_closed: { code: 13, status: 499, detail: 'The client left before the response.', logOnly: true },
  internal_error: { code: 14, status: 500, detail: 'The balancer failed to handle the request.' },
  worker_lost: { code: 15, status: 502, detail: 'The worker that served the exchange died.', logOnly: true },
  shutting_down: { code: 16, status: 503, detail: 'The balancer stops, and the time to finish is over.' },
  rate_limited: { code: 17, status: 429, detail: 'Too many requests: try again later.' },
  blocked: { code: 18, status: 403, detail: 'Requests from this address are not served.' },
  body_too_large: { code: 19, status: 413, detail: 'The request body is larger than the service accepts.' },
  queue_full: { code: 20, status: 503, detail: 'The service is at its limit, and so is its queue.' },
  queue_timeout: { code: 21, status: 503, detail: 'The request waited for its turn for as long as it may.' },
  queue_shed: {
    code: 22,
    status: 503,
    detail: 'The queue of the service stands: the request was given up early.',
  },
  circuit_open: {
    code: 23,
    status: 503,
    detail: 'The service fails too often and is given time to recover.',
  },
  maintenance: { code: 24, status: 503, detail: 'The service is under maintenance.' },
  redirected: { code: 25, status: 308, detail: 'The balancer answered with a redirect.' },
  response_stalled: {
    code: 26,
    status: 504,
    detail: 'The backend stopped sending in the middle of its response.',
    logOnly: true,
  },
  client_stalled: { code: 27, status: 499, detail: 'The client stopped taking the response.', logOnly: true },
  tunnel_idle: {
    code: 28,
    status: 408,
    detail: 'Nothing went through the tunnel for too long.',
    logOnly: true,
  },
} as const satisfies Record<string, DropReasonSpec>;

interface DropReasonSpec {
  readonly code: number;
  readonly status: number;
  readonly detail: string;
  readonly logOnly?: boolean;
}

export type DropReason = keyof typeof DROP_REASONS;

/** Counters reserve this many cells for reasons: codes stay below it. */
export const DROP_REASON_CELLS = 32;

const BY_CODE: readonly DropReason[] = Object.entries(DROP_REASONS)
  .sort(([, a], [, b]) => a.code - b.code)
  .map(([reason]) => reason as DropReason);

/** All reasons, ordered by code. */
export const DROP_REASON_NAMES: readonly DropReason[] = BY_CODE;

/** The reason of a code, or undefined for a code this build does not know. */
export function dropReasonOf(code: number): DropReason | undefined {
  return BY_CODE.find((reason) => DROP_REASONS[reason].code === code);
}
