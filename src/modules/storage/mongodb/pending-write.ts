import { randomUUID } from 'node:crypto';
import { mongo } from 'mongoose';
import type { DesiredState } from '../../registry/index.js';
import { appliedFileDocument } from './applied-file.document.js';
import { conflict, exchangeRegistry, isDuplicateKey } from './registry-exchange.js';
import type { RunningCall } from './mongodb.connection.js';
import { writeSteps, type RegistryCollections, type RegistryWrite } from './registry-write.js';

/** A document ends at 16 MiB. */
const PART_BYTES = 8_000_000;

type Bulk = Pick<RegistryWrite, 'services' | 'backends' | 'contents'>;

interface PendingDocument {
  readonly _id: 'pending';
  readonly write: RegistryWrite;
  /** What did not fit into this document, by the ids of others. */
  readonly parts?: readonly string[];
}

interface PartDocument {
  readonly _id: string;
  readonly bulk: Partial<Bulk>;
}

/**
 * Commits on a standalone server, which has no transactions, in an order that a crash cannot spoil:
 * 1. the whole change is written into one document, `pending`. That is atomic, and the moment of the commit;
 *    while it exists, nobody else can write one. What does not fit into it is written before, where nobody looks.
 * 2. the collections are changed, each step repeatable.
 * 3. the registry document gets the new revision, then `pending` goes, then its parts.
 * Whoever finds a `pending` document at load or commit does steps 2 and 3. One balancer at a time may use a standalone
 * server: several of them need a replica set.
 */
export class PendingWrite {
  constructor(private readonly collections: RegistryCollections) {}

  async commit(write: RegistryWrite, call: RunningCall): Promise<void> {
    await this.finish(call);
    await this.requireExpected(write);
    const { document, parts } = split(write);
    const { meta } = this.collections;
    for (const part of parts) await meta.insertOne(part);
    try {
      await meta.insertOne(document);
    } catch (error) {
      if (isDuplicateKey(error)) throw conflict(write);
      throw error;
    }
    await this.finish(call);
  }

  /** Completes a write that is pending, if one is. */
  async finish(call: RunningCall): Promise<void> {
    const { meta } = this.collections;
    const pending = (await meta.findOne({ _id: 'pending' })) as PendingDocument | null;
    if (pending === null) return;
    if ((await this.storedRevision()) === pending.write.expected) {
      const write = await this.whole(pending);
      for (const step of writeSteps(write, this.collections, {})) {
        if (call.abandoned) throw new Error('The caller of this commit no longer waits for it.');
        await step();
      }
      await exchangeRegistry(this.collections, write, {});
    }
    await meta.deleteOne({ _id: 'pending' });
    // Also those of a balancer that died before its commit.
    await meta.deleteMany({ _id: { $gte: 'pending.', $lt: 'pending/' } });
  }

  private async whole({ write, parts = [] }: PendingDocument): Promise<RegistryWrite> {
    if (parts.length === 0) return ofThisVersion(write);
    const found = await this.collections.meta.find({ _id: { $in: [...parts] } }).toArray();
    const byId = new Map((found as unknown as PartDocument[]).map(({ _id, bulk }) => [_id, bulk]));
    const bulks = parts.map((id) => byId.get(id) as Partial<Bulk>);
    return {
      ...write,
      services: bulks.flatMap(({ services = [] }) => services),
      backends: bulks.flatMap(({ backends = [] }) => backends),
      contents: bulks.flatMap(({ contents = [] }) => contents),
    };
  }

  private async requireExpected(write: RegistryWrite): Promise<void> {
    if ((await this.storedRevision()) !== write.expected) throw conflict(write);
  }

  private async storedRevision(): Promise<number> {
    const registry = await this.collections.meta.findOne<{ revision?: number }>({ _id: 'registry' });
    return registry?.revision ?? 0;
  }
}

/** A Velocity that kept no contents may have been killed in the middle of its commit. */
function ofThisVersion(write: RegistryWrite): RegistryWrite {
  const { contents = [], appliedFile } = write as Partial<RegistryWrite>;
  const isBare = appliedFile !== undefined && (appliedFile === null || !('_id' in appliedFile));
  return {
    ...write,
    contents,
    ...(isBare ? { appliedFile: appliedFileDocument(appliedFile as DesiredState | null) } : {}),
  };
}

/** The documents that a write goes into: one, unless it is too large for that. */
function split(write: RegistryWrite): { document: PendingDocument; parts: readonly PartDocument[] } {
  if (mongo.BSON.calculateObjectSize(write) <= PART_BYTES) {
    return { document: { _id: 'pending', write }, parts: [] };
  }
  const bulks: readonly Partial<Bulk>[] = [
    ...slices(write.services).map((services) => ({ services })),
    ...slices(write.backends).map((backends) => ({ backends })),
    ...slices(write.contents).map((contents) => ({ contents })),
  ];
  const stage = randomUUID();
  const parts = bulks.map((bulk, index) => ({ _id: `pending.${stage}.${index}`, bulk }));
  const rest = { ...write, services: [], backends: [], contents: [] };
  return { document: { _id: 'pending', write: rest, parts: parts.map(({ _id }) => _id) }, parts };
}

/** Runs of documents that fit into one part together; a larger one alone is a run of its own. */
function slices<T extends object>(documents: readonly T[]): readonly (readonly T[])[] {
  const runs: T[][] = [];
  let bytes = PART_BYTES;
  for (const document of documents) {
    const size = mongo.BSON.calculateObjectSize(document);
    if (bytes + size > PART_BYTES) {
      runs.push([]);
      bytes = 0;
    }
    runs.at(-1)?.push(document);
    bytes += size;
  }
  return runs;
}
