import type { Role } from './role.js';

/** `refused`: nothing changed because of who asked or what was asked for. `failed`: because of us or the store. */
export const AUDIT_OUTCOMES = ['done', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/**
 * One change of what shall exist or of who may do what, or an attempt at one; also an attempt to read what the caller
 * may not. Documents of `audit_logs` have these fields (`id` is `_id`). It never holds a secret.
 */
export interface AuditLogRecord {
  /** 24 hex digits, fixed when the record is made. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly time: number;
  /** Name of the token, or path of the configuration file; empty: nobody that we know. */
  readonly actor: string;
  /** null: nobody that we know, or the configuration file. */
  readonly role: Role | null;
  /** null: the token of `admin.tokenFile`, the configuration file, or nobody that we know. */
  readonly tokenId: string | null;
  /** Client address; empty for the configuration file. */
  readonly address: string;
  /** Method and route, such as `PUT /api/v1/services/:name`; `file` for the configuration file. */
  readonly action: string;
  /** Path of what was, or would have been, changed, without query. */
  readonly resource: string;
  readonly outcome: AuditOutcome;
  /** HTTP status of the answer; 0 for the configuration file. */
  readonly status: number;
  /** Error code; empty: there was none. */
  readonly code: string;
  /** Number of the revision that the change made; null: none. */
  readonly revision: number | null;
  /** Why, in the words of who asked; empty: nothing was said. */
  readonly note: string;
  readonly requestId: string;
  /** Attempts that this record stands for: refusals of one kind are gathered, so that a flood of them stays readable. */
  readonly count: number;
}
