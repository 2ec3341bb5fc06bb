import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { mongo } from 'mongoose';
import { isVelocityError } from '../../../common/errors/index.js';
import type { DesiredState } from '../../registry/index.js';
import { appliedFileDocument } from './applied-file.document.js';
import { conflict, exchangeRegistry, isDuplicateKey } from './registry-exchange.js';
import type { RunningCall } from './mongodb.connection.js';
import { writeSteps, type RegistryCollections, type RegistryWrite } from './registry-write.js';

/** A document ends at 16 MiB. */
const PART_BYTES = 8_000_000;

type Bulk = Pick<RegistryWrite, 'services' | 'backends' | 'contents'>;

/** How long somebody else's pending write may stay as it is before we take its process for dead. */
const PATIENCE_MS = 1_000;
const LOOK_AGAIN_MS = 20;

interface PendingDocument {
  readonly _id: 'pending';
  /** Of this commit alone. */
  readonly token: string;
  /** What does not fit into this document, by the ids of others. */
  readonly parts: readonly string[];
  /** Absent: nothing is committed yet. */
  readonly write?: RegistryWrite;
}

interface PartDocument {
  readonly _id: string;
  readonly bulk: Partial<Bulk>;
}

/**
 * Commits on a standalone server, which has no transactions, in an order that neither a crash nor another balancer can
 * spoil:
 * 1. a document `pending` is made. That is atomic: while it exists, nobody else can make one, and the revision stays.
 * 2. when the revision is the expected one, the whole change is written into it; what does not fit, before, into others
 *    that it names. That is atomic, and the moment of the commit.
 * 3. the collections are changed, each step repeatable.
 * 4. the registry document gets the new revision, then the parts go, then `pending`.
 * Whoever finds a `pending` that stays as it is completes it, or takes it away when nothing was committed.
 */
export class PendingWrite {
  constructor(private readonly collections: RegistryCollections) {}

  async commit(write: RegistryWrite, call: RunningCall): Promise<void> {
    await this.finish(call);
    const { document, parts } = split(write);
    const { write: _write, ...bare } = document;
    const { meta } = this.collections;
    try {
      await meta.insertOne(bare);
    } catch (error) {
      if (isDuplicateKey(error)) throw conflict(write);
      throw error;
    }
    if ((await this.storedRevision()) !== write.expected) {
      await this.withdraw(document);
      throw conflict(write);
    }
    for (const part of parts) await meta.insertOne(part);
    const { matchedCount } = await meta.replaceOne(uncommitted(document), document);
    // Somebody took us for dead, and it away.
    if (matchedCount === 0) throw conflict(write);
    await this.complete(document, call);
  }

  /** Afterwards no write is pending. */
  async finish(call: RunningCall): Promise<void> {
    for (;;) {
      const pending = await this.leftBehind(call);
      if (pending === null) return;
      if (pending.write === undefined) await this.withdraw(pending);
      else await this.complete(pending, call);
    }
  }

  /** What `read` finds while no commit changes anything; `revisionOf` tells which revision it found. */
  async unchanged<T>(
    call: RunningCall,
    read: () => Promise<T>,
    revisionOf: (found: T) => number,
  ): Promise<T> {
    for (;;) {
      requireWaiting(call);
      if ((await this.find())?.write !== undefined) await this.finish(call);
      const found = await read();
      const isUndisturbed = (await this.find())?.write === undefined;
      if (isUndisturbed && (await this.storedRevision()) === revisionOf(found)) return found;
    }
  }

  /** The pending write, when it did not change for a while; null: there is none (any more). */
  private async leftBehind(call: RunningCall): Promise<PendingDocument | null> {
    const first = await this.find();
    const end = performance.now() + PATIENCE_MS;
    for (let last = first; last !== null; last = await this.find()) {
      requireWaiting(call);
      if (last.token !== first?.token || (last.write === undefined) !== (first.write === undefined)) {
        return this.leftBehind(call);
      }
      if (performance.now() > end) return last;
      await setTimeout(LOOK_AGAIN_MS);
    }
    return null;
  }

  /** Steps 3 and 4. Others may do the same at the same time: whoever is second finds the revision moved on. */
  private async complete(pending: PendingDocument, call: RunningCall): Promise<void> {
    const write = await this.whole(pending);
    if (write !== null && (await this.storedRevision()) === write.expected) {
      for (const step of writeSteps(write, this.collections, {})) {
        requireWaiting(call);
        // Late steps of one who was slow must not undo what came after.
        if ((await this.find())?.token !== pending.token) return;
        await step();
      }
      await exchangeRegistry(this.collections, write, {}).catch((error: unknown) => {
        if (!isVelocityError(error, 'REVISION_CONFLICT')) throw error;
      });
    }
    await this.removeParts(pending);
    await this.collections.meta.deleteOne(identity(pending));
  }

  private async withdraw(pending: PendingDocument): Promise<void> {
    const { deletedCount } = await this.collections.meta.deleteOne(uncommitted(pending));
    if (deletedCount > 0) await this.removeParts(pending);
  }

  private async removeParts({ parts = [] }: PendingDocument): Promise<void> {
    if (parts.length > 0) await this.collections.meta.deleteMany({ _id: { $in: [...parts] } });
  }

  private async find(): Promise<PendingDocument | null> {
    return (await this.collections.meta.findOne({ _id: 'pending' })) as PendingDocument | null;
  }

  /** null: its parts are gone, because somebody else has completed it. */
  private async whole({ write, parts = [] }: PendingDocument): Promise<RegistryWrite | null> {
    if (write === undefined) return null;
    if (parts.length === 0) return ofThisVersion(write);
    const found = await this.collections.meta.find({ _id: { $in: [...parts] } }).toArray();
    if (found.length < parts.length) return null;
    const byId = new Map((found as unknown as PartDocument[]).map(({ _id, bulk }) => [_id, bulk]));
    const bulks = parts.map((id) => byId.get(id) as Partial<Bulk>);
    return {
      ...write,
      services: bulks.flatMap(({ services = [] }) => services),
      backends: bulks.flatMap(({ backends = [] }) => backends),
      contents: bulks.flatMap(({ contents = [] }) => contents),
    };
  }

  private async storedRevision(): Promise<number> {
    const registry = await this.collections.meta.findOne<{ revision?: number }>({ _id: 'registry' });
    return registry?.revision ?? 0;
  }
}

function requireWaiting(call: RunningCall): void {
  if (call.abandoned) throw new Error('The caller of this commit no longer waits for it.');
}

/** Also of a document that an older Velocity made, which had no token. */
function identity({ token }: PendingDocument): object {
  return { _id: 'pending', token: token ?? null };
}

function uncommitted(pending: PendingDocument): object {
  return { ...identity(pending), write: { $exists: false } };
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
  const token = randomUUID();
  if (mongo.BSON.calculateObjectSize(write) <= PART_BYTES) {
    return { document: { _id: 'pending', token, parts: [], write }, parts: [] };
  }
  const bulks: readonly Partial<Bulk>[] = [
    ...slices(write.services).map((services) => ({ services })),
    ...slices(write.backends).map((backends) => ({ backends })),
    ...slices(write.contents).map((contents) => ({ contents })),
  ];
  const parts = bulks.map((bulk, index) => ({ _id: `pending.${token}.${index}`, bulk }));
  const rest = { ...write, services: [], backends: [], contents: [] };
  return { document: { _id: 'pending', token, parts: parts.map(({ _id }) => _id), write: rest }, parts };
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
