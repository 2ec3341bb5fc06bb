import { z } from 'zod';
import {
  AUDIT_OUTCOMES,
  DROP_REASON_NAMES,
  HEALTH_LOG_KINDS,
  HEALTH_STATES,
  SCALING_LOG_KINDS,
} from '../../../common/contract/index.js';
import { nearestKey } from '../../../common/config/index.js';
import { VelocityError, type ErrorIssue } from '../../../common/errors/index.js';
import type {
  AccessLogFilter,
  AuditLogFilter,
  HealthLogFilter,
  PageRequest,
  ScalingLogFilter,
} from '../log-stores.js';
import {
  choiceField,
  clientField,
  cursorField,
  flagField,
  limitField,
  methodField,
  pathPrefixField,
  statusField,
  textField,
  timeField,
} from './query.fields.js';

/** Records on a page when the query does not say. */
export const DEFAULT_PAGE_LIMIT = 100;

const pageFields = { limit: limitField, cursor: cursorField };
const rangeFields = { from: timeField, to: timeField };

const accessLogFields = {
  service: textField(256),
  backend: textField(64),
  status: statusField,
  dropReason: choiceField(DROP_REASON_NAMES),
  dropped: flagField,
  method: methodField,
  pathPrefix: pathPrefixField,
  client: clientField,
  requestId: textField(128),
};

/** Parameters of a query on the access log, as they come from a URL. */
const accessLogQuerySchema = z.strictObject({ ...accessLogFields, ...rangeFields, ...pageFields });

/** The same of a live tail: it shows what comes from now on. */
const tailQuerySchema = z.strictObject(accessLogFields);

/** Parameters of a query on the health log. */
const healthLogQuerySchema = z.strictObject({
  service: textField(256),
  backend: textField(64),
  kind: choiceField(HEALTH_LOG_KINDS),
  health: choiceField(HEALTH_STATES),
  ...rangeFields,
  ...pageFields,
});

/** Parameters of a query on the audit log. */
const auditLogQuerySchema = z.strictObject({
  actor: textField(256),
  outcome: choiceField(AUDIT_OUTCOMES),
  action: textField(256),
  ...rangeFields,
  ...pageFields,
});

/** Parameters of a query on the scaling log. */
const scalingLogQuerySchema = z.strictObject({
  service: textField(256),
  kind: choiceField(SCALING_LOG_KINDS),
  ...rangeFields,
  ...pageFields,
});

export interface LogQuery<F> {
  readonly filter: F;
  readonly page: PageRequest;
}

type RawQuery = Readonly<Record<string, unknown>>;

/** Throws REQUEST_INVALID with one issue per parameter at fault. */
export function parseAccessLogQuery(raw: RawQuery): LogQuery<AccessLogFilter> {
  const { status, limit, cursor, ...rest } = parseQuery(accessLogQuerySchema, raw);
  checkDrops(rest);
  checkRange(rest);
  return { filter: { ...given(rest), ...status }, page: pageOf(limit, cursor) };
}

/** Throws REQUEST_INVALID with one issue per parameter at fault. */
export function parseTailQuery(raw: RawQuery): AccessLogFilter {
  const { status, ...rest } = parseQuery(tailQuerySchema, raw);
  checkDrops(rest);
  return { ...given(rest), ...status };
}

function checkDrops({ dropped, dropReason }: Pick<AccessLogFilter, 'dropped' | 'dropReason'>): void {
  if (dropped !== false || dropReason === undefined) return;
  throw invalidQuery([
    { path: 'dropped', message: 'is false, but dropReason asks for drops: leave one of them out' },
  ]);
}

/** Throws REQUEST_INVALID with one issue per parameter at fault. */
export function parseHealthLogQuery(raw: RawQuery): LogQuery<HealthLogFilter> {
  const { limit, cursor, ...rest } = parseQuery(healthLogQuerySchema, raw);
  checkRange(rest);
  return { filter: given(rest), page: pageOf(limit, cursor) };
}

/** Throws REQUEST_INVALID with one issue per parameter at fault. */
export function parseAuditLogQuery(raw: RawQuery): LogQuery<AuditLogFilter> {
  const { limit, cursor, action, ...rest } = parseQuery(auditLogQuerySchema, raw);
  checkRange(rest);
  return { filter: given({ ...rest, actionPrefix: action }), page: pageOf(limit, cursor) };
}

/** Throws REQUEST_INVALID with one issue per parameter at fault. */
export function parseScalingLogQuery(raw: RawQuery): LogQuery<ScalingLogFilter> {
  const { limit, cursor, ...rest } = parseQuery(scalingLogQuerySchema, raw);
  checkRange(rest);
  return { filter: given(rest), page: pageOf(limit, cursor) };
}

/** Throws REQUEST_INVALID with one issue per parameter at fault. */
export function parseQuery<S extends z.ZodObject>(schema: S, raw: RawQuery): z.output<S> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  throw invalidQuery(result.error.issues.flatMap((issue) => issuesOf(issue, Object.keys(schema.shape))));
}

function issuesOf(issue: z.core.$ZodIssue, known: readonly string[]): ErrorIssue[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path.join('.'), message: issue.message }];
  return issue.keys.map((key) => {
    const nearest = nearestKey(key, known);
    const hint = nearest === null ? `known are ${known.join(', ')}` : `did you mean "${nearest}"?`;
    return { path: key, message: `is no known filter: ${hint}` };
  });
}

function checkRange({ from, to }: { from?: number; to?: number }): void {
  if (from === undefined || to === undefined || from < to) return;
  throw invalidQuery([{ path: 'from', message: 'is not before "to": the range is empty' }]);
}

/** REQUEST_INVALID that names each parameter at fault. */
export function invalidQuery(issues: readonly ErrorIssue[]): VelocityError {
  const text = issues.map(({ path, message }) => `${path} ${message}`).join('; ');
  return new VelocityError('REQUEST_INVALID', `The query cannot be answered: ${text}.`, { issues });
}

function pageOf(limit: number | undefined, cursor: string | undefined): PageRequest {
  const size = limit ?? DEFAULT_PAGE_LIMIT;
  return cursor === undefined ? { limit: size } : { limit: size, cursor };
}

/** Without the fields that are absent: stores look at which keys exist. */
function given<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
