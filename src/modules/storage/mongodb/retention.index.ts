import type { Model, mongo } from 'mongoose';

/** `expireAfterSeconds` is a signed 32-bit number. */
const MAX_SECONDS = 2_147_483_647;

/** An index by which the server itself removes old documents (it looks once a minute). */
export interface RetentionIndex {
  /** Field that holds a date. */
  readonly field: string;
  /** Only for documents in which these fields have these values; absent: all. */
  readonly only?: Readonly<Record<string, string>>;
  /** 0: nothing is removed. */
  readonly retentionMs: number;
}

/** Makes the index; a changed retention changes it in place, 0 removes it. */
export async function keepRetentionIndex(model: Model<unknown>, index: RetentionIndex): Promise<void> {
  const { collection } = model;
  const { field, only, retentionMs } = index;
  const wanted = Math.min(MAX_SECONDS, Math.ceil(retentionMs / 1000));
  const existing = (await collection.indexes()).find((candidate) => isThis(candidate, index));
  if (existing?.name === undefined) {
    if (wanted === 0) return;
    const partial =
      only === undefined
        ? {}
        : { partialFilterExpression: only, name: [field, ...Object.values(only)].join('_') };
    await collection.createIndex({ [field]: 1 }, { expireAfterSeconds: wanted, ...partial });
    return;
  }
  if (wanted === 0) {
    await collection.dropIndex(existing.name);
    return;
  }
  if (existing['expireAfterSeconds'] === wanted) return;
  await model.db.db?.command({
    collMod: collection.collectionName,
    index: { name: existing.name, expireAfterSeconds: wanted },
  });
}

function isThis(found: mongo.IndexDescriptionInfo, { field, only }: RetentionIndex): boolean {
  const fields = Object.entries(found.key);
  const isSameKey = fields.length === 1 && fields[0]?.[0] === field && fields[0][1] === 1;
  return isSameKey && JSON.stringify(found['partialFilterExpression']) === JSON.stringify(only);
}
