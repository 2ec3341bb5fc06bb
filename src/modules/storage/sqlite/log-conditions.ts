import type { SQLInputValue } from 'node:sqlite';
import type { AuditLogRecord, HealthLogRecord, ScalingLogRecord } from '../../../common/contract/index.js';
import type { AuditLogFilter, HealthLogFilter, ScalingLogFilter } from '../../logging/log-store.js';
import { afterPrefix } from '../prefix-range.js';

/** What a query asks for, apart from the time: SQL with its values, and which indexes could serve it. */
export class LogConditions<T> {
  readonly equal = new Map<keyof T & string, SQLInputValue>();
  prefix: { readonly field: keyof T & string; readonly text: string; readonly end: string } | null = null;
  private readonly terms: string[] = [];
  private readonly values: SQLInputValue[] = [];

  constructor(
    /** Unix milliseconds, inclusive. */
    readonly from: number = 0,
    /** Unix milliseconds, exclusive. */
    readonly to: number = Number.MAX_SAFE_INTEGER,
  ) {}

  /** An absent value narrows nothing. */
  equals(field: keyof T & string, value: SQLInputValue | undefined): this {
    if (value === undefined) return this;
    this.equal.set(field, value);
    return this.term(`"${field}" = ?`, value);
  }

  startsWith(field: keyof T & string, text: string | undefined): this {
    if (text === undefined || text === '') return this;
    this.term(`"${field}" >= ?`, text);
    const end = afterPrefix(text);
    if (end === null) return this;
    this.prefix = { field, text, end };
    return this.term(`"${field}" < ?`, end);
  }

  term(sql: string, ...values: SQLInputValue[]): this {
    this.terms.push(sql);
    this.values.push(...values);
    return this;
  }

  /** Starts with `AND` unless empty. */
  get sql(): string {
    return this.terms.map((term) => ` AND ${term}`).join('');
  }

  get parameters(): readonly SQLInputValue[] {
    return this.values;
  }
}

export function healthLogConditions(filter: HealthLogFilter): LogConditions<HealthLogRecord> {
  return new LogConditions<HealthLogRecord>(filter.from, filter.to)
    .equals('backend', filter.backend)
    .equals('service', filter.service)
    .equals('kind', filter.kind)
    .equals('health', filter.health);
}

export function auditLogConditions(filter: AuditLogFilter): LogConditions<AuditLogRecord> {
  return new LogConditions<AuditLogRecord>(filter.from, filter.to)
    .equals('actor', filter.actor)
    .equals('outcome', filter.outcome)
    .startsWith('action', filter.actionPrefix);
}

export function scalingLogConditions(filter: ScalingLogFilter): LogConditions<ScalingLogRecord> {
  return new LogConditions<ScalingLogRecord>(filter.from, filter.to)
    .equals('service', filter.service)
    .equals('kind', filter.kind);
}
