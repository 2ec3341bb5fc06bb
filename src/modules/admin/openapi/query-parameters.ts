import type { QueryParameter } from './described.decorator.js';

/** Of every list that is paged by cursor. */
export const PAGE_QUERY: readonly QueryParameter[] = [
  { name: 'limit', description: 'Items per page, 1 to 1000. Default 100.', example: '50' },
  { name: 'cursor', description: 'From `next` of the page before.', example: '' },
];
/** Of every write to the desired state. */
export const CHANGE_QUERY: readonly QueryParameter[] = [
  {
    name: 'note',
    description: 'Why, for the history; at most 1,000 characters.',
    example: 'more weight before the sale',
  },
];
const TIMES: readonly QueryParameter[] = [
  {
    name: 'from',
    description: 'Inclusive. ISO 8601, Unix milliseconds, or relative to now.',
    example: '-15m',
  },
  { name: 'to', description: 'Exclusive, in the same forms.', example: '2026-01-31T12:00:00Z' },
];

/** Filters of the access log; each one narrows the answer. */
export const ACCESS_LOG_QUERY: readonly QueryParameter[] = [
  { name: 'service', description: 'Name of the service.', example: 'shop' },
  { name: 'backend', description: 'Id of the backend.', example: '3f1c9a7b2d4e6f80' },
  { name: 'status', description: 'A status, or a class of them.', example: '5xx' },
  { name: 'dropReason', description: 'Drops with this reason.', example: 'no_backend' },
  { name: 'dropped', description: '`true`: drops only; `false`: forwards only.', example: 'true' },
  { name: 'method', description: 'Request method.', example: 'GET' },
  { name: 'pathPrefix', description: 'Start of the raw path.', example: '/api/' },
  { name: 'client', description: 'Client address.', example: '203.0.113.7' },
  { name: 'requestId', description: 'Exactly this exchange.', example: '' },
  ...TIMES,
  ...PAGE_QUERY,
];

/** Filters of the audit log. */
export const AUDIT_LOG_QUERY: readonly QueryParameter[] = [
  {
    name: 'actor',
    description: 'Name of the token, or path of the configuration file.',
    example: 'ci-deploy',
  },
  { name: 'outcome', description: '`done`, `refused` or `failed`.', example: 'refused' },
  { name: 'action', description: 'Start of the action.', example: 'DELETE /api/v1/services' },
  ...TIMES,
  ...PAGE_QUERY,
];

/** Filters of the health log. */
export const HEALTH_LOG_QUERY: readonly QueryParameter[] = [
  { name: 'service', description: 'Name of the service.', example: 'shop' },
  { name: 'backend', description: 'Id of the backend.', example: '3f1c9a7b2d4e6f80' },
  { name: 'kind', description: '`probe` or `change`.', example: 'change' },
  { name: 'health', description: 'Health after the record.', example: 'unhealthy' },
  ...TIMES,
  ...PAGE_QUERY,
];
