import { Logger } from '@nestjs/common';
import { mongo } from 'mongoose';
import type { BackendInput, ServiceInput } from '../../../common/config/index.js';
import { VelocityError, isVelocityError } from '../../../common/errors/index.js';
import {
  settingsOf,
  type RegistryCommit,
  type RegistryStore,
  type Revision,
  type RevisionContent,
  type StoredRegistry,
} from '../../registry/index.js';
import { assembleContents } from '../content-parts.js';
import { oldestKept, type StoreRetention } from '../retention.js';
import { assembleServices } from '../stored-difference.js';
import { appliedFileIn } from './applied-file.document.js';
import { endAbandonedTransactions } from './abandoned-transactions.js';
import type {
  AppliedFileDocument,
  BackendDocument,
  RegistryDocument,
  RevisionDocument,
} from './documents.js';
import { modelOf } from './models.js';
import { watchRevisions } from './mongodb-revision.watch.js';
import type { MongodbConnection, RunningCall } from './mongodb.connection.js';
import { PendingWrite } from './pending-write.js';
import { exchangeRegistry } from './registry-exchange.js';
import { registryWrite, writeSteps, type RegistryCollections, type RegistryWrite } from './registry-write.js';

const LOAD_DEADLINE_MS = 15_000;
/** The first import of 10,000 backends takes about a second, one of 16 MB on a standalone server 8 (measured on two busy cores). */
const COMMIT_DEADLINE_MS = 30_000;
const LOOK_DEADLINE_MS = 2_000;
/** A history that became much shorter takes a while. */
const TRIM_DEADLINE_MS = 30_000;
const LOAD_ATTEMPTS = 10;
/** How long the fence may wait for another transaction before we look whose it is. */
const FENCE_MS = 500;
const MAX_TIME_EXPIRED = 50;

/**
 * The desired state in collections. On a replica set a commit is one transaction; on a standalone server, which has
 * none, it goes through `PendingWrite`.
 */
export class MongodbRegistryStore implements RegistryStore {
  private readonly logger = new Logger(MongodbRegistryStore.name);
  private known: StoredRegistry | null = null;
  /** A commit ended without a word on whether it was done: perhaps one of the process before us. */
  private uncertain = true;

  constructor(
    private readonly connection: MongodbConnection,
    private readonly retention: StoreRetention,
  ) {}

  load(): Promise<StoredRegistry | null> {
    return this.connection.call(LOAD_DEADLINE_MS, async (call) => {
      const collections = this.collections();
      if (this.connection.hasTransactions && this.uncertain) await this.awaitOutcome(call);
      this.known = this.connection.hasTransactions
        ? await readConsistently(collections)
        : await new PendingWrite(collections).unchanged(
            call,
            () => readConsistently(collections),
            (found) => found?.revision.number ?? 0,
          );
      this.uncertain = false;
      return this.known;
    });
  }

  async commit(commit: RegistryCommit): Promise<void> {
    const write = registryWrite(commit, this.known);
    try {
      await this.connection.call(COMMIT_DEADLINE_MS, (call) =>
        this.connection.hasTransactions
          ? this.commitInTransaction(write, call)
          : new PendingWrite(this.collections()).commit(write, call),
      );
    } catch (error) {
      if (isVelocityError(error, 'STORE_UNAVAILABLE')) this.uncertain = true;
      throw error;
    }
    this.known = commit.next;
    await this.removeOld(oldestKept(commit.next, this.retention));
  }

  revisions(limit: number, before = Number.MAX_SAFE_INTEGER): Promise<readonly Revision[]> {
    return this.connection.call(LOAD_DEADLINE_MS, async () => {
      const filter = { _id: { $lt: before } };
      const found = this.collections().revisions.find(filter).sort({ _id: -1 }).limit(limit);
      return (await found.toArray()).map(toRevision);
    });
  }

  watch(onRevision: (revision: number) => void): () => void {
    return watchRevisions(this.connection, () => this.collections().meta, {
      stored: () => this.storedRevision(),
      known: () => this.known?.revision.number ?? 0,
      onRevision,
    });
  }

  private storedRevision(): Promise<number> {
    return this.connection.call(LOOK_DEADLINE_MS, async () => {
      const options = { projection: { revision: 1 } };
      const found = await this.collections().meta.findOne<{ revision: number }>({ _id: 'registry' }, options);
      return found?.revision ?? 0;
    });
  }

  revision(number: number): Promise<Revision | null> {
    return this.connection.call(LOAD_DEADLINE_MS, async () => {
      const found = await this.collections().revisions.findOne({ _id: number });
      return found === null ? null : toRevision(found);
    });
  }

  contents(number: number): Promise<readonly RevisionContent[]> {
    return this.connection.call(LOAD_DEADLINE_MS, async () => {
      const { contents } = this.collections();
      const newest = await contents.findOne({ number, part: 0 });
      if (newest === null) return [];
      const found = contents.find({ number: { $gte: newest.start, $lte: number } });
      const documents = await found.sort({ number: 1, part: 1 }).toArray();
      return assembleContents(documents.map((document) => ({ ...document, data: document.data.value() })));
    });
  }

  /** After the commit, which stands whatever comes of this: the next one does it again. */
  private async removeOld(oldest: number): Promise<void> {
    if (oldest <= 1) return;
    try {
      await this.connection.call(TRIM_DEADLINE_MS, async () => {
        const { revisions, contents } = this.collections();
        await revisions.deleteMany({ _id: { $lt: oldest } });
        const needed = await contents.findOne({ number: oldest, part: 0 });
        await contents.deleteMany({ number: { $lt: needed?.start ?? oldest } });
      });
    } catch (error) {
      if (!isVelocityError(error, 'STORE_UNAVAILABLE')) {
        this.logger.error(error, `Revisions before ${oldest} could not be removed`);
      }
    }
  }

  /** The driver repeats it after conflicts with other transactions, as long as its caller still waits. */
  private async commitInTransaction(write: RegistryWrite, call: RunningCall): Promise<void> {
    const collections = this.collections();
    const session = await this.connection.connection.startSession();
    let attempts = 0;
    try {
      await session.withTransaction(
        async () => {
          if (call.abandoned) throw new Error('The caller of this commit no longer waits for it.');
          if (attempts++ > 0) await this.endAbandoned();
          await fence(collections, { session });
          await exchangeRegistry(collections, write, { session });
          for (const step of writeSteps(write, collections, { session })) {
            if (call.abandoned) throw new Error('The caller of this commit no longer waits for it.');
            await step();
          }
        },
        { timeoutMS: COMMIT_DEADLINE_MS },
      );
    } finally {
      await session.endSession();
    }
  }

  /** After it, a commit of ours whose outcome we do not know is done or undone. */
  private async awaitOutcome(call: RunningCall): Promise<void> {
    while (!call.abandoned) {
      try {
        await fence(this.collections(), { maxTimeMS: FENCE_MS });
        return;
      } catch (error) {
        if (!(error instanceof mongo.MongoServerError && error.code === MAX_TIME_EXPIRED)) throw error;
        await this.endAbandoned();
      }
    }
  }

  private endAbandoned(): Promise<void> {
    const { connection, appName } = this.connection;
    return endAbandonedTransactions(connection.getClient(), appName);
  }

  private collections(): RegistryCollections {
    const { connection } = this.connection;
    return {
      services: modelOf(connection, 'Service').collection,
      backends: modelOf(connection, 'Backend').collection,
      revisions: modelOf(connection, 'Revision').collection,
      contents: modelOf(connection, 'RevisionContent').collection,
      meta: modelOf(connection, 'RegistryMeta').collection,
    } as unknown as RegistryCollections;
  }
}

/**
 * Every transaction changes this document first. Changing it before a load makes us wait for a transaction whose
 * outcome we do not know: it is done or undone when the load begins.
 */
async function fence(
  { meta }: RegistryCollections,
  options: { readonly session?: mongo.ClientSession; readonly maxTimeMS?: number },
): Promise<void> {
  await meta.updateOne({ _id: 'fence' }, { $inc: { passed: 1 } }, { ...options, upsert: true });
}

/**
 * Reads all collections between two looks at the revision number: when it is the same, nothing changed in between,
 * because a commit changes number and contents at once.
 */
async function readConsistently(collections: RegistryCollections): Promise<StoredRegistry | null> {
  for (let attempt = 0; attempt < LOAD_ATTEMPTS; attempt++) {
    const before = await readRegistry(collections);
    if (before === null) return null;
    const stored = await readContents(collections, before);
    const after = await readRegistry(collections);
    if (stored !== null && after?.revision === before.revision) return stored;
  }
  throw new VelocityError(
    'STORE_UNAVAILABLE',
    'The registry in MongoDB changes too fast to be read. Try again.',
  );
}

async function readRegistry({ meta }: RegistryCollections): Promise<RegistryDocument | null> {
  return (await meta.findOne({ _id: 'registry' })) as RegistryDocument | null;
}

async function readContents(
  collections: RegistryCollections,
  registry: RegistryDocument,
): Promise<StoredRegistry | null> {
  const [services, backends, revision, file] = await Promise.all([
    collections.services.find().toArray(),
    collections.backends.find().sort({ service: 1, position: 1 }).toArray(),
    collections.revisions.findOne({ _id: registry.revision }),
    collections.meta.findOne({ _id: 'appliedFile' }),
  ]);
  if (revision === null) return null;
  const { order, affinitySecret, guard, chain } = registry;
  const settings = new Map(services.map(({ _id, ...rest }) => [_id, { name: _id, ...rest } as ServiceInput]));
  return {
    revision: toRevision(revision),
    state: {
      ...settingsOf(registry),
      services: assembleServices(settings, backendLists(backends), order),
    },
    appliedFile: appliedFileIn(file as AppliedFileDocument | null),
    affinitySecret,
    guard: guard ?? null,
    chain: chain ?? null,
  };
}

function backendLists(documents: readonly BackendDocument[]): Map<string, BackendInput[]> {
  const lists = new Map<string, BackendInput[]>();
  for (const { _id, service, position: _position, ...backend } of documents) {
    const list = lists.get(service);
    if (list === undefined) lists.set(service, [backend]);
    else list.push(backend);
  }
  return lists;
}

function toRevision({ _id, time, origin, author, note, restores, changes }: RevisionDocument): Revision {
  // Revisions of before there were notes have none.
  return {
    number: _id,
    time: time.getTime(),
    origin,
    author,
    note: note ?? '',
    restores: restores ?? 0,
    changes,
  };
}
