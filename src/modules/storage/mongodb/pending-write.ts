import { conflict, exchangeRegistry, isDuplicateKey } from './registry-exchange.js';
import type { RunningCall } from './mongodb.connection.js';
import { writeSteps, type RegistryCollections, type RegistryWrite } from './registry-write.js';

interface PendingDocument {
  readonly _id: 'pending';
  readonly write: RegistryWrite;
}

/**
 * Commits on a standalone server, which has no transactions, in an order that a crash cannot spoil:
 * 1. the whole change is written into one document, `pending`. That is atomic, and the moment of the commit;
 *    while it exists, nobody else can write one.
 * 2. the collections are changed, each step repeatable.
 * 3. the registry document gets the new revision, then `pending` goes.
 * Whoever finds a `pending` document at load or commit does steps 2 and 3. One balancer at a time may use a standalone
 * server: several of them need a replica set.
 */
export class PendingWrite {
  constructor(private readonly collections: RegistryCollections) {}

  async commit(write: RegistryWrite, call: RunningCall): Promise<void> {
    await this.finish(call);
    await this.requireExpected(write);
    const document: PendingDocument = { _id: 'pending', write };
    try {
      await this.collections.meta.insertOne(document);
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
    const { write } = pending;
    if ((await this.storedRevision()) === write.expected) {
      for (const step of writeSteps(write, this.collections, {})) {
        if (call.abandoned) throw new Error('The caller of this commit no longer waits for it.');
        await step();
      }
      await exchangeRegistry(this.collections, write, {});
    }
    await meta.deleteOne({ _id: 'pending' });
  }

  private async requireExpected(write: RegistryWrite): Promise<void> {
    if ((await this.storedRevision()) !== write.expected) throw conflict(write);
  }

  private async storedRevision(): Promise<number> {
    const registry = await this.collections.meta.findOne<{ revision?: number }>({ _id: 'registry' });
    return registry?.revision ?? 0;
  }
}
