/** One request that must be refused as a whole. `{id}` is the id of shop's only backend. */
export interface BrokenBody {
  readonly what: string;
  /** Method and path below `/api/v1/services`. */
  readonly request: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly code: string;
  /** All issues, path and message. */
  readonly issues?: readonly (readonly [path: string, message: string])[];
  /** The whole detail, where no issue says it. */
  readonly detail?: string;
}

export type Issue = readonly [path: string, message: string];

const KEYS_OF_SERVICE =
  'name, hosts, paths, backends, rateLimits, blocklist, allowlist, maintenance, redirect, maxBody, headers, rewrite, split, mirror, overrides, scaling, discovery, algorithm, health, timeouts, retries, slowStart, tls, maxInFlight, maxInFlightPerBackend, queue, circuitBreaker, ejection, panicThreshold, fallback, accessLog';
export const UNKNOWN_KEY = `is no known key: known here are ${KEYS_OF_SERVICE}`;
export const ALGORITHMS =
  'round-robin, weighted-round-robin, least-connections, random, power-of-two-choices, peak-ewma, ip-hash, url-hash, header-hash, sticky-round-robin';
export const WEIGHTLESS =
  'all have weight 0, so no request could be served: give at least one a weight of 1 or more (to take a backend out, set its state)';
export const RENAMED =
  'must be "shop", as in the path: a service cannot be renamed, create another one and delete this one';

/** A body of a new service that is right but for what is given. */
export function service(what: string, wrong: object, ...issues: Issue[]): BrokenBody {
  const body = { name: 'new', hosts: ['new.test'], ...wrong };
  return { what, request: 'POST', body, status: 422, code: 'CONFIG_INVALID', issues };
}

export function backend(what: string, body: unknown, ...issues: Issue[]): BrokenBody {
  return { what, request: 'POST /shop/backends', body, status: 422, code: 'CONFIG_INVALID', issues };
}

export function change(what: string, body: unknown, ...issues: Issue[]): BrokenBody {
  return { what, request: 'PATCH /shop/backends/{id}', body, status: 422, code: 'CONFIG_INVALID', issues };
}

/** Refused before any schema sees it. */
export function unreadable(what: string, body: unknown, detail: string): BrokenBody {
  return { what, request: 'POST', body, status: 400, code: 'REQUEST_INVALID', detail };
}

export function noJson(what: string, body: string): BrokenBody {
  return unreadable(what, body, `The body is not valid JSON: ${jsonError(body)}.`);
}

/** What the JSON parser of this Node says. */
function jsonError(text: string): string {
  try {
    return `valid: ${typeof JSON.parse(text)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export function unsupported(what: string, headers: Record<string, string>, detail: string): BrokenBody {
  return {
    what,
    request: 'PATCH /shop/backends/{id}',
    body: '{"weight":2}',
    headers,
    status: 415,
    code: 'BODY_UNSUPPORTED',
    detail,
  };
}

export const repeated = (count: number, item: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => item(index));
export const isNoUrl = (url: string) =>
  `"${url}" is no URL of a backend: write scheme, host and port, such as http://10.0.0.7:8080`;
export const overlaps = (host: string) =>
  `"${host}" with path "/" belongs to service "shop": change the host, or set other \`paths\``;
export const outside = (value: number, from: number, to: number) =>
  `${value} is out of range: write a whole number from ${from} to ${to}`;
