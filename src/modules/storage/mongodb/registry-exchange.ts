import { mongo } from 'mongoose';
import { GLOBAL_POLICY_KEYS } from '../../../common/config/index.js';
import { VelocityError } from '../../../common/errors/index.js';
import type { RegistryCollections, RegistryWrite } from './registry-write.js';

const DUPLICATE_KEY = 11000;

export function isDuplicateKey(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && error.code === DUPLICATE_KEY;
}

/** Compares and exchanges the registry document. Rejects with REVISION_CONFLICT. */
export async function exchangeRegistry(
  { meta }: RegistryCollections,
  write: RegistryWrite,
  options: { readonly session?: mongo.ClientSession },
): Promise<void> {
  const { _id, ...fields } = write.registry;
  if (write.expected === 0) {
    try {
      await meta.insertOne({ _id, ...fields }, options);
    } catch (error) {
      if (isDuplicateKey(error)) throw conflict(write);
      throw error;
    }
    return;
  }
  const filter = { _id, revision: write.expected };
  const gone = GLOBAL_POLICY_KEYS.filter((key) => !(key in fields));
  const $unset = Object.fromEntries(gone.map((key) => [key, '' as const]));
  const result = await meta.updateOne(filter, { $set: fields, $unset }, options);
  if (result.matchedCount === 0) throw conflict(write);
}

export function conflict(write: RegistryWrite): VelocityError {
  return new VelocityError(
    'REVISION_CONFLICT',
    `The store no longer holds revision ${write.expected}, on which the change was made: load it and try again.`,
  );
}
