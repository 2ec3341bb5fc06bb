import { DROP_REASON_NAMES } from '../../../common/contract/index.js';
import type {
  AccessLogFilter,
  AuditLogFilter,
  HealthLogFilter,
  ScalingLogFilter,
} from '../../logging/log-store.js';
import { afterPrefix } from '../prefix-range.js';

type Condition = Record<string, unknown>;

/**
 * Where a filter allows several values they are named one by one rather than as a range: the server then merges what the
 * index has of each in the order of the pages, and need not sort what a range holds.
 *
 * Values only ever stand behind `$eq` and range operators: whatever a value holds (an object with `$where`, a regular
 * expression), it is compared and not run.
 */
export function accessLogFilter(filter: AccessLogFilter): Condition[] {
  const { service, backend, status, dropReason, method, client, requestId } = filter;
  const conditions = equals({ service, backend, status, dropReason, method, client, requestId });
  if (filter.statusClass !== undefined) {
    const first = filter.statusClass * 100;
    conditions.push({ status: { $in: Array.from({ length: 100 }, (_, index) => first + index) } });
  }
  if (filter.dropped === true) conditions.push({ dropReason: { $in: DROP_REASON_NAMES } });
  if (filter.dropped === false) conditions.push({ dropReason: { $eq: null } });
  return [...conditions, ...startsWith('path', filter.pathPrefix), ...between(filter.from, filter.to)];
}

export function healthLogFilter(filter: HealthLogFilter): Condition[] {
  const { service, backend, kind, health } = filter;
  return [...equals({ service, backend, kind, health }), ...between(filter.from, filter.to)];
}

export function auditLogFilter(filter: AuditLogFilter): Condition[] {
  const { actor, outcome } = filter;
  return [
    ...equals({ actor, outcome }),
    ...startsWith('action', filter.actionPrefix),
    ...between(filter.from, filter.to),
  ];
}

export function scalingLogFilter({ service, kind, from, to }: ScalingLogFilter): Condition[] {
  return [...equals({ service, kind }), ...between(from, to)];
}

function startsWith(field: string, prefix: string | undefined): Condition[] {
  if (prefix === undefined || prefix === '') return [];
  const end = afterPrefix(prefix);
  const conditions: Condition[] = [{ [field]: { $gte: prefix } }];
  if (end !== null) conditions.push({ [field]: { $lt: end } });
  return conditions;
}

function equals(values: Readonly<Record<string, string | number | undefined>>): Condition[] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => ({ [field]: { $eq: value } }));
}

function between(from: number | undefined, to: number | undefined): Condition[] {
  const conditions: Condition[] = [];
  if (from !== undefined) conditions.push({ time: { $gte: new Date(from) } });
  if (to !== undefined) conditions.push({ time: { $lt: new Date(to) } });
  return conditions;
}
