import type { BackendInput, BackendPatch, ServiceInput } from '../../common/config/index.js';
import type {
  AccessLogRecord,
  AuditLogRecord,
  BoundAddress,
  CircuitStateName,
  HealthLogRecord,
  ScalingLogRecord,
} from '../../common/contract/index.js';
import type { MadeToken, NewToken, Principal, TokenDetails } from '../access/index.js';
import type { ScalingStatus } from '../autoscaling/index.js';
import type { BanDetails, NewBans, Network } from '../bans/index.js';
import type { RosteredBalancer } from '../coordination/index.js';
import type {
  BlocklistStatus,
  LedgerTotals,
  ListMatch,
  SharedLimitsStatus,
  WorkerStatus,
} from '../data-plane/index.js';
import type { DiscoveryStatus } from '../discovery/index.js';
import type { GuardStatus, Plan } from '../changes/index.js';
import type { AskedRequest, ExplainedRecord, ExplainedRequest } from '../explain/index.js';
import type { BackendHealthStatus } from '../health/index.js';
import type { Exposition } from '../metrics/index.js';
import type { BackendOutage } from '../outages/index.js';
import type { AccessLogStatus, AnalyticsService, AuditEntry, LogPage } from '../logging/index.js';
import type { Overview } from './resources/event.resource.js';
import type { QueueState } from './resources/service.mapping.js';
import type {
  ApplyMode,
  Change,
  DesiredState,
  Guard,
  GuardTerms,
  Preview,
  Proposed,
  RegistryView,
  Revision,
  StoreStatus,
} from '../registry/index.js';

/*
 * What the admin API needs of the rest. Abstract classes, so that each is its own injection token;
 * the control plane binds them to the real services.
 */

/**
 * Desired state. Writes resolve with the view that has the change, when it is stored; otherwise they reject with a
 * VelocityError, and nothing changed.
 */
export abstract class RegistryPort {
  abstract current(): RegistryView;
  abstract onChanged(listener: (view: RegistryView) => void): void;
  abstract createService(input: ServiceInput, change: Change): Promise<RegistryView>;
  abstract replaceService(name: string, input: ServiceInput, change: Change): Promise<RegistryView>;
  abstract deleteService(name: string, change: Change): Promise<RegistryView>;
  /** Resolves with the id of the new backend. */
  abstract addBackend(service: string, input: BackendInput, change: Change): Promise<string>;
  abstract patchBackend(
    service: string,
    backendId: string,
    patch: BackendPatch,
    change: Change,
  ): Promise<RegistryView>;
  abstract removeBackend(service: string, backendId: string, change: Change): Promise<RegistryView>;
  abstract apply(
    desired: DesiredState,
    how: { readonly mode: ApplyMode; readonly file?: string },
    change: Change,
    guard?: GuardTerms,
  ): Promise<RegistryView>;
  abstract rollback(number: number, change: Change, guard?: GuardTerms): Promise<RegistryView>;
  abstract preview(proposed: Proposed): Promise<Preview>;
  /** Newest first, those below `before` when given. */
  abstract revisions(limit: number, before?: number): Promise<readonly Revision[]>;
  abstract revision(number: number): Promise<Revision>;
  abstract stateAt(number: number): Promise<DesiredState>;
  abstract guard(): Guard | null;
  abstract settleGuard(
    revision: number,
    verdict: 'confirmed' | 'reverted',
    change: Change,
  ): Promise<RegistryView>;
}

/** What a change would do, and what is to be said of one that was made. */
export abstract class PlannerPort {
  /** `replay`: so many of the newest exchanges are decided anew. `notices` go into the plan. */
  abstract plan(proposed: Proposed, replay: number, notices?: readonly string[]): Promise<Plan>;
  /** Of backends that came with a change and are not known to be healthy. */
  abstract arrivals(before: RegistryView, after: RegistryView): Promise<readonly string[]>;
}

/** The change that has to prove itself. */
export abstract class GuardPort {
  abstract status(): GuardStatus;
  /** Rejects with GUARD_NOT_FOUND when no change is under guard. */
  abstract settle(verdict: 'confirmed' | 'reverted', change: Change): Promise<RegistryView>;
}

export abstract class BackendHealthPort {
  /** null: not under watch, because it is disabled or does not exist. */
  abstract statusOf(backendId: string): BackendHealthStatus | null;
}

/** Live state of the data plane. */
export abstract class TrafficPort {
  /** Exchanges now at the backend, over all workers; 0 for an unknown one. */
  abstract inFlightOf(backendId: string): number;
  /** All 0 for an unknown service. */
  abstract queueOf(service: string): QueueState;
}

/** What live traffic's outcomes did to backends and services. */
export abstract class OutagePort {
  abstract statusOf(backendId: string): BackendOutage;
  /** The breaker of a service as a whole. */
  abstract breakerOf(service: string): CircuitStateName;
  /** Ends the ejection of a backend and closes its breaker. */
  abstract restore(backendId: string): void;
  /** The same for all backends of a service and its own breaker. */
  abstract restoreService(service: string): void;
}

/** Queries on the logs; each checks its raw query and rejects with REQUEST_INVALID. */
export abstract class LogQueryPort {
  abstract queryAccessLogs(query: Readonly<Record<string, unknown>>): Promise<LogPage<AccessLogRecord>>;
  /** Whether a record that comes fits the filters. Throws REQUEST_INVALID. */
  abstract accessLogTest(query: Readonly<Record<string, unknown>>): (record: AccessLogRecord) => boolean;
  abstract queryHealthLogs(query: Readonly<Record<string, unknown>>): Promise<LogPage<HealthLogRecord>>;
  abstract queryAuditLogs(query: Readonly<Record<string, unknown>>): Promise<LogPage<AuditLogRecord>>;
  abstract queryScalingLogs(query: Readonly<Record<string, unknown>>): Promise<LogPage<ScalingLogRecord>>;
}

/** Says why. */
export abstract class ExplainPort {
  /** Rejects with RECORD_NOT_FOUND and STORE_UNAVAILABLE. */
  abstract recorded(id: string): Promise<readonly ExplainedRecord[]>;
  /** Rejects with STORE_UNAVAILABLE. */
  abstract now(request: AskedRequest): Promise<ExplainedRequest>;
}

/** Takes what is to be remembered of changes and of refused attempts. */
export abstract class AuditPort {
  /** Returns at once and never throws. */
  abstract record(entry: AuditEntry): void;
  /** Resolves when what was recorded is stored, or at the deadline, with the number of records that are not. */
  abstract flush(deadlineMs: number): Promise<number>;
}

/** Tokens of people and programs; each call rejects with STORE_UNAVAILABLE when it needs the store and that is away. */
export abstract class TokenPort {
  /** Rejects with UNAUTHENTICATED. */
  abstract authenticate(text: string): Promise<Principal>;
  /** Rejects with TOKEN_EXISTS and CAPACITY_EXCEEDED. */
  abstract create(token: NewToken): Promise<MadeToken>;
  abstract list(): Promise<readonly TokenDetails[]>;
  /** Rejects with TOKEN_NOT_FOUND. */
  abstract get(id: string): Promise<TokenDetails>;
  /** Rejects with TOKEN_NOT_FOUND. */
  abstract revoke(id: string): Promise<void>;
}

/** Who is kept out for a time. */
export abstract class BanPort {
  /** Rejects with CONFIG_INVALID, BAN_REFUSED and CAPACITY_EXCEEDED. */
  abstract ban(bans: NewBans): Promise<readonly BanDetails[]>;
  /** Rejects with BAN_NOT_FOUND. */
  abstract lift(id: string): Promise<void>;
  /** Rejects with CONFIG_INVALID and BAN_NOT_FOUND. */
  abstract liftNetwork(network: string): Promise<void>;
  /** The newest first. */
  abstract list(): readonly BanDetails[];
  /** Throws BAN_NOT_FOUND. */
  abstract get(id: string): BanDetails;
  /** The smallest network first. */
  abstract covering(network: Network): readonly BanDetails[];
}

/** Who is kept out by the lists of the configuration. */
export abstract class BlocklistPort {
  /** The smallest network first; empty for what is no address. */
  abstract matches(address: string): readonly ListMatch[];
}

export interface ConfigFileStatus {
  readonly path: string;
  /** Unix milliseconds of the last edit that was taken over. */
  readonly loadedAt: number;
  /** Unix milliseconds of the last attempt, also a failed one. */
  readonly lastAttemptAt: number;
  /** Why the present edit is refused; empty: it runs. */
  readonly error: string;
}

/** The whole system at a glance. Reading it costs the workers nothing. */
export interface SystemStatus {
  readonly version: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly mode: 'threads' | 'inline';
  /** Of the published snapshot; 0: none yet. */
  readonly generation: number;
  readonly revision: number;
  readonly workers: readonly WorkerStatus[];
  /** As bound: port 0 is replaced by the real one. */
  readonly listeners: readonly BoundAddress[];
  readonly ledger: LedgerTotals;
  readonly store: StoreStatus & { readonly driver: 'sqlite' | 'mongodb' };
  readonly accessLog: AccessLogStatus;
  readonly sharedLimits: SharedLimitsStatus;
  readonly blocklist: BlocklistStatus;
  /** null: it was started without one. */
  readonly configFile: ConfigFileStatus | null;
}

export abstract class SystemStatusPort {
  abstract status(): SystemStatus;
}

/** The balancers that share the registry. */
export abstract class BalancersPort {
  /** The longest running first. Rejects with STORE_UNAVAILABLE. */
  abstract list(): Promise<readonly RosteredBalancer[]>;
}

/** Sources of backends that are not typed in. */
export abstract class DiscoveryPort {
  abstract status(): DiscoveryStatus;
}

/** Copies of services. */
export abstract class ScalingPort {
  /** Of services with scaling, in the order of the configuration. */
  abstract list(): readonly ScalingStatus[];
}

/** The exposition for Prometheus. */
export abstract class MetricsPort {
  /** @param accept The `Accept` field of the request, which decides on the format. */
  abstract scrape(accept: string): Promise<Exposition>;
  /** One service with all of its backends; null: there is no such service. */
  abstract scrapeService(name: string, accept: string): Exposition | null;
}

/** A check of ourselves, part by part; the shape of terminus' results. */
export interface FitnessReport {
  readonly status: string;
  readonly details: Readonly<Record<string, { readonly status: string }>>;
}

export abstract class ReadinessPort {
  /** Resolves with `ok` or `degraded`; rejects with Nest's ServiceUnavailableException, which carries the report. */
  abstract check(): Promise<FitnessReport>;
}

/** What is read of the data plane for an overview. */
export type TrafficView = Pick<Overview, 'periodMs' | 'revision' | 'generation' | 'total' | 'services'>;

/** How traffic fares: each look tells what came since the one before. */
export abstract class OverviewPort {
  /** The next look is the first one: it has no rates. */
  abstract begin(): void;
  abstract look(): TrafficView;
}

/** Probes, changes of health and outages as they come. */
export abstract class HealthRecordsPort {
  abstract onRecord(listener: (record: HealthLogRecord) => void): void;
}

/** Decisions, copies and findings as they come. */
export abstract class ScalingRecordsPort {
  abstract onRecord(listener: (record: ScalingLogRecord) => void): void;
}

/** Batches of encoded access-log records as they come. */
export abstract class RecordTapPort {
  /** Until the returned function is called. The listener must return at once and keep nothing of the batch. */
  abstract listen(listener: (batch: ArrayBuffer, records: number) => void): () => void;
}

/** Questions on the past. They reject with STORE_UNAVAILABLE and QUERY_TOO_LARGE. */
export abstract class AnalyticsPort {
  abstract readonly summary: AnalyticsService['summary'];
  abstract readonly timeseries: AnalyticsService['timeseries'];
  abstract readonly top: AnalyticsService['top'];
  abstract readonly latency: AnalyticsService['latency'];
  abstract readonly drops: AnalyticsService['drops'];
  abstract readonly compare: AnalyticsService['compare'];
}
