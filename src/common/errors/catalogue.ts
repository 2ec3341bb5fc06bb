/**
 * Every expected failure of the control plane. Codes are public (API bodies, logs) and never reused:
 * a retired one moves to {@link RETIRED_ERROR_CODES}. `catalogue.spec.ts` counts them.
 */
export const ERROR_CATALOGUE = {
  CONFIG_UNREADABLE: { status: 400, retryable: false },
  CONFIG_INVALID: { status: 422, retryable: false },
  REQUEST_INVALID: { status: 400, retryable: false },
  QUERY_TOO_LARGE: { status: 422, retryable: false },
  SERVICE_NOT_FOUND: { status: 404, retryable: false },
  BACKEND_NOT_FOUND: { status: 404, retryable: false },
  SERVICE_EXISTS: { status: 409, retryable: false },
  BACKEND_EXISTS: { status: 409, retryable: false },
  REVISION_CONFLICT: { status: 409, retryable: true },
  REVISION_NOT_FOUND: { status: 404, retryable: false },
  REVISION_UNREADABLE: { status: 422, retryable: false },
  PRECONDITION_FAILED: { status: 412, retryable: false },
  GUARD_ACTIVE: { status: 409, retryable: true },
  GUARD_NOT_FOUND: { status: 404, retryable: false },
  RECORD_NOT_FOUND: { status: 404, retryable: false },
  STORE_UNAVAILABLE: { status: 503, retryable: true },
  CAPACITY_EXCEEDED: { status: 422, retryable: false },
  ADDRESS_IN_USE: { status: 500, retryable: false },
  TAKEOVER_REFUSED: { status: 409, retryable: false },
  WORKER_FAILED: { status: 500, retryable: true },
  ROUTE_NOT_FOUND: { status: 404, retryable: false },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false },
  BODY_TOO_LARGE: { status: 413, retryable: false },
  BODY_UNSUPPORTED: { status: 415, retryable: false },
  UNAUTHENTICATED: { status: 401, retryable: false },
  TOO_MANY_STREAMS: { status: 503, retryable: true },
  TOO_MANY_FAILURES: { status: 429, retryable: true },
  HOST_NOT_ALLOWED: { status: 421, retryable: false },
  ORIGIN_NOT_ALLOWED: { status: 403, retryable: false },
  TOKEN_UNUSABLE: { status: 500, retryable: false },
  TOKEN_NOT_FOUND: { status: 404, retryable: false },
  TOKEN_EXISTS: { status: 409, retryable: false },
  BAN_NOT_FOUND: { status: 404, retryable: false },
  BAN_REFUSED: { status: 409, retryable: false },
  FORBIDDEN: { status: 403, retryable: false },
  ADMIN_TLS_UNUSABLE: { status: 500, retryable: false },
  DRIVER_UNAVAILABLE: { status: 503, retryable: true },
  DRIVER_REFUSED: { status: 422, retryable: false },
  INTERNAL: { status: 500, retryable: false },
} as const satisfies Record<string, { readonly status: number; readonly retryable: boolean }>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export const RETIRED_ERROR_CODES: readonly string[] = [];
