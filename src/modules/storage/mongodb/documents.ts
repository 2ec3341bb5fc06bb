import type { BackendInput, ServiceInput } from '../../../common/config/index.js';
import type {
  AccessLogRecord,
  AuditLogRecord,
  HealthLogRecord,
  ScalingLogRecord,
} from '../../../common/contract/index.js';
import type { StoredToken } from '../../access/index.js';
import type { StoredBan } from '../../bans/index.js';
import type { BalancerEntry } from '../../coordination/index.js';
import type { ContentChain, DesiredState, Guard, Revision } from '../../registry/index.js';
import type { mongo, Types } from 'mongoose';

/*
 * The documents as they are stored: public interface.
 * Times are dates, so that aggregation pipelines can group by them.
 */

/** `services`: as authored, without its backends; `_id` is the name. */
export type ServiceDocument = Omit<ServiceInput, 'backends' | 'name'> & { readonly _id: string };

/** `backends`: as authored; `_id` is the backend id that log documents name in `backend`. */
export type BackendDocument = BackendInput & {
  readonly _id: string;
  readonly service: string;
  /** Place in the service's list. */
  readonly position: number;
};

/** `revisions`: `_id` is the number. */
export type RevisionDocument = Omit<Revision, 'number' | 'time'> & {
  readonly _id: number;
  readonly time: Date;
};

/** `revision_contents`: one part of the state of a revision; docs/decisions/0009-revision-contents.md has the format. */
export interface RevisionContentDocument {
  /** `<number>.<part>` */
  readonly _id: string;
  readonly number: number;
  readonly part: number;
  readonly format: number;
  readonly start: number;
  readonly digest: string;
  readonly data: mongo.Binary;
}

/** `registry_meta`: what there is one of, under these ids. */
export interface RegistryDocument extends Omit<DesiredState, 'services'> {
  readonly _id: 'registry';
  /** Number of the revision that the collections hold. */
  readonly revision: number;
  readonly affinitySecret: string;
  readonly guard: Guard | null;
  readonly chain: ContentChain | null;
  /** Names of the services in their order. */
  readonly order: readonly string[];
}
export interface AppliedFileDocument {
  readonly _id: 'appliedFile';
  readonly state: DesiredState | null;
  /** Instead of `state` where that is large: its JSON, compressed with zstd. */
  readonly data?: mongo.Binary;
}

/** `tokens`: `_id` is the id. */
export type TokenDocument = Omit<StoredToken, 'id' | 'createdAt' | 'expiresAt' | 'lastUsedAt'> & {
  readonly _id: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
};

/** `bans`: `_id` is the id; `changedAt` by the clock of the server. */
export type BanDocument = Omit<StoredBan, 'id' | 'createdAt' | 'expiresAt'> & {
  readonly _id: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly changedAt: Date;
};

/** `leases`: `_id` is the name. A lease that ended stays, so that its term goes on growing. */
export interface LeaseDocument {
  readonly _id: string;
  readonly holder: string;
  readonly term: number;
  readonly expiresAt: Date;
}

/** `balancers`: `_id` is the id; `seenAt` by the clock of the server. */
export type BalancerDocument = Omit<BalancerEntry, 'id' | 'startedAt'> & {
  readonly _id: string;
  readonly startedAt: Date;
  readonly seenAt: Date;
};

/** `access_logs`, `health_logs`, `audit_logs` and `scaling_logs`: the record, `id` as `_id`. */
export type LogDocument<T> = Omit<T, 'id' | 'time'> & { readonly _id: Types.ObjectId; readonly time: Date };
export type AccessLogDocument = LogDocument<AccessLogRecord>;
export type HealthLogDocument = LogDocument<HealthLogRecord>;
export type AuditLogDocument = LogDocument<AuditLogRecord>;
export type ScalingLogDocument = LogDocument<ScalingLogRecord>;
