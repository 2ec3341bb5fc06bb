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
/** How a proposed configuration is taken. */
export const MODE_QUERY: QueryParameter = {
  name: 'mode',
  description:
    '`merge` (default): what changed in it since a file was last applied goes on top of the stored state. `replace`: the state becomes exactly this.',
  example: 'replace',
};
export const REPLAY_QUERY: QueryParameter = {
  name: 'replay',
  description: 'So many of the newest exchanges are decided anew, 0 to 50,000. Default 10,000.',
  example: '1000',
};
/** Terms of a guard. */
export const GUARD_QUERY: readonly QueryParameter[] = [
  {
    name: 'guard',
    description:
      'Takes the change back by itself when traffic worsens, or at the latest after this time unless it is confirmed: 1s to 24h.',
    example: '60s',
  },
  {
    name: 'confirmation',
    description: '`manual` (default): somebody must confirm. `auto`: it stays when traffic did not worsen.',
    example: 'auto',
  },
  {
    name: 'maxErrorIncrease',
    description: 'By how much the share of 5xx may grow. Default 5%.',
    example: '5%',
  },
  {
    name: 'maxLatencyFactor',
    description: 'How many times as long p99 may become. Default 2.',
    example: '2',
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

const PLACE: readonly QueryParameter[] = [
  { name: 'service', description: 'Name of the service.', example: 'shop' },
  { name: 'backend', description: 'Id of the backend.', example: '3f1c9a7b2d4e6f80' },
];
/** Where exchanges went, and what became of them. */
export const OUTCOME: readonly QueryParameter[] = [
  ...PLACE,
  { name: 'status', description: 'A status, or a class of them.', example: '5xx' },
  { name: 'dropReason', description: 'Drops with this reason.', example: 'no_backend' },
  { name: 'dropped', description: '`true`: drops only; `false`: forwards only.', example: 'true' },
];
export const CLIENT: QueryParameter = {
  name: 'client',
  description: 'Client address.',
  example: '203.0.113.7',
};

/** Filters of a live tail; each one narrows it. */
export const TAIL_QUERY: readonly QueryParameter[] = [
  ...OUTCOME,
  { name: 'method', description: 'Request method.', example: 'GET' },
  { name: 'pathPrefix', description: 'Start of the raw path.', example: '/api/' },
  CLIENT,
  { name: 'requestId', description: 'Exactly this exchange.', example: '' },
];

/** Filters of the access log; each one narrows the answer. */
export const ACCESS_LOG_QUERY: readonly QueryParameter[] = [...TAIL_QUERY, ...TIMES, ...PAGE_QUERY];

/** Filters of the bans. */
export const BAN_QUERY: readonly QueryParameter[] = [
  { name: 'address', description: 'Those that hold this address or network.', example: '203.0.113.7' },
  { name: 'cidr', description: 'Those within this network.', example: '203.0.113.0/24' },
  { name: 'origin', description: '`api`: made by people and programs. `rule`: by rules.', example: 'rule' },
  ...PAGE_QUERY,
];
/** Of the ban that is lifted. */
export const LIFT_QUERY: readonly QueryParameter[] = [
  { name: 'cidr', description: 'The banned address or network, in any spelling.', example: '203.0.113.0/24' },
];
export const CHECK_QUERY: readonly QueryParameter[] = [
  { name: 'address', description: 'The client address.', example: '203.0.113.7' },
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
  ...PLACE,
  { name: 'kind', description: '`probe`, `change`, `ejection` or `breaker`.', example: 'change' },
  { name: 'health', description: 'Health after the record.', example: 'unhealthy' },
  ...TIMES,
  ...PAGE_QUERY,
];

/** Filters of the scaling log. */
export const SCALING_LOG_QUERY: readonly QueryParameter[] = [
  { name: 'service', description: 'Name of the service.', example: 'shop' },
  {
    name: 'kind',
    description: '`decision`, `started`, `failed`, `stopped`, `found`, `lost` or `problem`.',
    example: 'decision',
  },
  ...TIMES,
  ...PAGE_QUERY,
];
