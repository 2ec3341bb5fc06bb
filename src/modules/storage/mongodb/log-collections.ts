import type { Connection, Model } from 'mongoose';
import { RESOLUTIONS } from '../../logging/log-store.js';
import { KEEP_ROLLUPS, keptMs, type StoreRetention } from '../retention.js';
import { modelOf, type ModelName } from './models.js';
import { keepRetentionIndex, type RetentionIndex } from './retention.index.js';

/** Collections with more documents get new indexes while they are used: the server does not lock them for that. */
const LARGE = 100_000;
const LOGS = [
  'AccessLog',
  'AccessRollup',
  'HealthLog',
  'AuditLog',
  'ScalingLog',
] as const satisfies readonly ModelName[];
type LogName = (typeof LOGS)[number];

export function isLog(name: ModelName): name is LogName {
  return (LOGS as readonly ModelName[]).includes(name);
}

/**
 * Makes the indexes of the logs. Resolves when those of small collections are there; what a large one still lacks, after an
 * update of Velocity, is made meanwhile, or at the next connection if that fails.
 */
export async function prepareLogs(connection: Connection, retention: StoreRetention): Promise<void> {
  for (const name of LOGS) {
    const model = modelOf(connection, name);
    await model.createCollection();
    const isLarge = (await model.estimatedDocumentCount()) > LARGE;
    const prepared = prepareLog(model, retentionOf(name, retention));
    if (isLarge) prepared.catch(() => {});
    else await prepared;
  }
}

async function prepareLog(model: Model<unknown>, retention: readonly RetentionIndex[]): Promise<void> {
  // First, as it may be what makes room.
  for (const index of retention) await keepRetentionIndex(model, index);
  await model.createIndexes();
  await removePartialReasons(model);
}

function retentionOf(name: LogName, retention: StoreRetention): readonly RetentionIndex[] {
  const byTime = (retentionMs: number): RetentionIndex => ({ field: 'time', retentionMs });
  if (name === 'HealthLog') return [byTime(retention.healthLogMs)];
  if (name === 'AuditLog') return [byTime(retention.auditLogMs)];
  if (name === 'ScalingLog') return [byTime(retention.scalingLogMs)];
  if (name === 'AccessLog') return [byTime(retention.accessLogMs)];
  const kept = keptMs(retention.rollups ?? KEEP_ROLLUPS);
  return RESOLUTIONS.map((resolution) => ({
    field: 'start',
    only: { resolution },
    retentionMs: kept[resolution],
  }));
}

/** Of an older Velocity: `reasons` has taken its place. */
async function removePartialReasons({ collection, modelName }: Model<unknown>): Promise<void> {
  if (modelName !== 'AccessLog') return;
  const old = (await collection.indexes()).find(
    ({ key, partialFilterExpression }) => 'dropReason' in key && partialFilterExpression !== undefined,
  );
  if (old?.name !== undefined) await collection.dropIndex(old.name);
}
