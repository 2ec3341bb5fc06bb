import type { Model, mongo } from 'mongoose';

const KEY = { time: 1 } as const;
/** `expireAfterSeconds` is a signed 32-bit number. */
const MAX_SECONDS = 2_147_483_647;

/**
 * Keeps the index by which the server itself removes old documents (it looks once a minute).
 * A changed retention changes the index in place; 0 removes it.
 */
export async function keepRetentionIndex(model: Model<unknown>, retentionMs: number): Promise<void> {
  const { collection } = model;
  const wanted = Math.min(MAX_SECONDS, Math.ceil(retentionMs / 1000));
  const existing = (await collection.indexes()).find((index) => isRetentionIndex(index));
  if (existing?.name === undefined) {
    if (wanted > 0) await collection.createIndex(KEY, { expireAfterSeconds: wanted });
    return;
  }
  if (wanted === 0) {
    await collection.dropIndex(existing.name);
    return;
  }
  if (existing['expireAfterSeconds'] === wanted) return;
  await model.db.db?.command({
    collMod: collection.collectionName,
    index: { keyPattern: KEY, expireAfterSeconds: wanted },
  });
}

function isRetentionIndex(index: mongo.IndexDescriptionInfo): boolean {
  const fields = Object.entries(index.key);
  return fields.length === 1 && fields[0]?.[0] === 'time' && fields[0][1] === 1;
}
