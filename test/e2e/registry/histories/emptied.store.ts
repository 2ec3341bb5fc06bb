import type { MongodbConnection } from '../../../../src/modules/storage/mongodb/mongodb.connection.js';
import type { SqliteConnection } from '../../../../src/modules/storage/sqlite/sqlite.connection.js';
import type { Stores } from '../../../support/stores.js';

const TABLES = ['meta', 'services', 'backends', 'revisions', 'revision_contents'];
const COLLECTIONS = ['registry_meta', 'services', 'backends', 'revisions', 'revision_contents'];

/** Removes all of the registry: cheaper than a new store for each of a thousand histories. */
export async function emptied({ connection }: Stores): Promise<void> {
  if (connection.driver === 'sqlite') {
    const file = connection as SqliteConnection;
    await file.transaction(() => {
      for (const table of TABLES) file.statement(`DELETE FROM ${table}`).run();
    });
    return;
  }
  const { connection: server } = connection as MongodbConnection;
  await Promise.all(COLLECTIONS.map((name) => server.collection(name).deleteMany({})));
}
