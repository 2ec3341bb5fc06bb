import { percentage } from '../units/percent.js';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { ListenerSettings } from '../../contract/messages.js';
import { BUILT_IN } from '../built-in-defaults.js';
import type { ConfigInput, ListenerInput, StorageInput } from '../schema.js';
import { databaseOfUri, replicaSetOfUri } from '../schema/storage.schema.js';
import { milliseconds } from '../units/duration.js';
import { bytes } from '../units/size.js';
import type { ServiceConfig, StorageConfig, VelocityConfig } from '../velocity-config.js';
import { resolveDockerDiscovery, resolveDrivers } from './discovery.resolver.js';
import { resolveGlobals } from './globals.resolver.js';

const MAX_WORKERS = 64;
/** Folder of the spool beside the SQLite file. */
const SPOOL = 'spool';

/** Fills in defaults and resolves units of everything but the services, which are resolved already. */
export function resolveConfig(input: ConfigInput, services: readonly ServiceConfig[]): VelocityConfig {
  return {
    listeners: (input.listeners ?? [{}]).map(resolveListener),
    admin: resolveAdmin(input.admin ?? {}),
    workers: resolveWorkers(input.workers ?? BUILT_IN.workers),
    storage: resolveStorage(input.storage ?? BUILT_IN.storage),
    redis: resolveRedis(input.redis),
    tracing: resolveTracing(input.tracing),
    ...resolveLogs(input),
    history: resolveHistory(input),
    drivers: resolveDrivers(input.drivers),
    dockerDiscovery: resolveDockerDiscovery(input.discovery),
    shutdown: { deadlineMs: milliseconds(input.shutdown?.deadline ?? BUILT_IN.shutdown.deadline) },
    via: input.via ?? BUILT_IN.via,
    trustedProxies: input.trustedProxies ?? [],
    globals: resolveGlobals(input),
    services,
  };
}

function resolveAdmin(input: NonNullable<ConfigInput['admin']>): VelocityConfig['admin'] {
  return {
    ...BUILT_IN.admin,
    ...input,
    allowedHosts: lowerCase(input.allowedHosts ?? []),
    tls: input.tls ?? null,
  };
}

function resolveListener(input: ListenerInput): ListenerSettings {
  const standard = BUILT_IN.listener;
  const limits = { ...standard.limits, ...input.limits };
  const perAddress = limits.connectionsPerAddress;
  return {
    host: input.host ?? standard.host,
    port: input.port ?? standard.port,
    lane: input.lane ?? standard.lane,
    headTimeoutMs: milliseconds(input.timeouts?.head ?? standard.timeouts.head),
    idleTimeoutMs: milliseconds(input.timeouts?.idle ?? standard.timeouts.idle),
    maxHeadBytes: bytes(limits.head),
    maxHeaders: limits.headers,
    maxUriBytes: bytes(limits.uri),
    maxConnections: limits.connections,
    maxConnectionsPerAddress: perAddress === 'off' ? 0 : perAddress,
  };
}

function resolveLogs(
  input: ConfigInput,
): Pick<VelocityConfig, 'accessLog' | 'healthLog' | 'auditLog' | 'scalingLog' | 'log'> {
  const accessLog = { ...BUILT_IN.accessLog, ...input.accessLog };
  const rollups = { ...BUILT_IN.accessLog.rollups, ...input.accessLog?.rollups };
  const healthLog = { ...BUILT_IN.healthLog, ...input.healthLog };
  return {
    accessLog: {
      enabled: accessLog.enabled,
      retentionMs: milliseconds(accessLog.retention),
      maxBuffered: accessLog.maxBuffered,
      spool: resolveSpool(input),
      outputs: (input.accessLog?.outputs ?? []).map((output) => ({ ...BUILT_IN.accessLogOutput, ...output })),
      rollups: {
        minutesMs: milliseconds(rollups.minutes),
        hoursMs: milliseconds(rollups.hours),
        daysMs: milliseconds(rollups.days),
      },
    },
    healthLog: { record: healthLog.record, retentionMs: milliseconds(healthLog.retention) },
    auditLog: { retentionMs: milliseconds(input.auditLog?.retention ?? BUILT_IN.auditLog.retention) },
    scalingLog: { retentionMs: milliseconds(input.scalingLog?.retention ?? BUILT_IN.scalingLog.retention) },
    log: { ...BUILT_IN.log, ...input.log },
  };
}

function resolveSpool({ accessLog, storage }: ConfigInput): VelocityConfig['accessLog']['spool'] {
  const { path, maxSize, segment } = { ...BUILT_IN.accessLog.spool, path: null, ...accessLog?.spool };
  const store = resolveStorage(storage ?? BUILT_IN.storage);
  const beside = store.driver === 'sqlite' ? join(dirname(store.path), SPOOL) : BUILT_IN.accessLog.spool.path;
  return { path: path ?? beside, maxBytes: bytes(maxSize), segmentBytes: bytes(segment) };
}

function resolveHistory(input: ConfigInput): VelocityConfig['history'] {
  const { revisions } = { ...BUILT_IN.history, ...input.history };
  return { revisions: revisions === 'off' ? 0 : revisions };
}

function resolveStorage(input: StorageInput): StorageConfig {
  if (input.driver === 'sqlite') return { driver: 'sqlite', path: input.path ?? BUILT_IN.storage.path };
  const database = input.database ?? databaseOfUri(input.uri) ?? BUILT_IN.mongoDatabase;
  const replicaSet = input.initiateReplicaSet ? replicaSetOfUri(input.uri) : null;
  return { driver: 'mongodb', uri: input.uri, database, ...(replicaSet && { initiate: replicaSet }) };
}

function resolveRedis(input: ConfigInput['redis']): VelocityConfig['redis'] {
  if (input === undefined) return null;
  const { url, prefix, timeout } = { ...BUILT_IN.redis, ...input };
  return { url, prefix, timeoutMs: milliseconds(timeout) };
}

function resolveTracing(input: ConfigInput['tracing']): VelocityConfig['tracing'] {
  if (input === undefined) return null;
  const { sample, trust, otlp } = { ...BUILT_IN.tracing, ...input };
  const { name, timeout } = { ...BUILT_IN.tracing, ...otlp };
  const target =
    otlp === undefined
      ? null
      : { url: tracesUrl(otlp.url), headers: otlp.headers ?? {}, timeoutMs: milliseconds(timeout), name };
  return { sampleShare: percentage(sample) / 100, trust: trust as 'all' | 'proxies', otlp: target };
}

/** Without a path, the usual one. */
function tracesUrl(url: string): string {
  const parsed = new URL(url);
  if (parsed.pathname === '/') parsed.pathname = '/v1/traces';
  return parsed.href;
}

function resolveWorkers(workers: number | 'auto' | 'inline'): number | 'inline' {
  return workers === 'auto' ? Math.min(availableParallelism(), MAX_WORKERS) : workers;
}

function lowerCase(texts: readonly string[]): string[] {
  return texts.map((text) => text.toLowerCase());
}
