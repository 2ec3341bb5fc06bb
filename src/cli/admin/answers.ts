/** What commands read of answers whose whole shape stands in the OpenAPI document. Times are Unix milliseconds. */

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly createdAt: number;
  readonly createdBy: string;
  /** null: it does not expire. */
  readonly expiresAt: number | null;
  /** null: never. */
  readonly lastUsedAt: number | null;
}

/** Its secret is shown once. */
export interface MadeToken extends Token {
  readonly token: string;
}

export interface Caller {
  readonly name: string;
  readonly role: string;
  /** null: the token of the balancer's file. */
  readonly tokenId: string | null;
}

export interface Ban {
  readonly id: string;
  readonly cidr: string;
  readonly note: string;
  readonly author: string;
  readonly origin: 'api' | 'rule';
  /** Empty: none. */
  readonly rule: string;
  readonly createdAt: number;
  /** null: until it is lifted. */
  readonly expiresAt: number | null;
  readonly shadow: boolean;
  readonly offences: number;
  /** false: the store is away. */
  readonly isStored: boolean;
}

export interface BanCheck {
  readonly address: string;
  readonly verdict: 'served' | 'allowed' | 'blocked' | 'shadow';
  readonly reason: string;
}

export interface AuditRecord {
  readonly id: string;
  readonly time: number;
  /** Empty: nobody known. */
  readonly actor: string;
  readonly role: string | null;
  readonly address: string;
  readonly action: string;
  readonly resource: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly status: number;
  readonly code: string;
  readonly revision: number | null;
  readonly note: string;
  /** Attempts that the record stands for. */
  readonly count: number;
}

export interface Balancer {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly startedAt: number;
  readonly seenAt: number;
  readonly revision: number;
  readonly generation: number;
  /** URL; empty: not open yet. */
  readonly admin: string;
  /** The one that answers. */
  readonly self: boolean;
  readonly leases: readonly string[];
}
