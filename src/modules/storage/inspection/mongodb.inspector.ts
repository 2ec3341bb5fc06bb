import mongoose, { type Connection } from 'mongoose';
import { MODEL_NAMES, modelOf } from '../mongodb/models.js';
import { MongodbProblems } from '../mongodb/mongodb-problem.js';
import type { StoreInspection } from './store.inspection.js';

const SELECTION_MS = 3_000;
const COMMAND_MS = 5_000;

interface Hello {
  readonly setName?: string;
  readonly msg?: string;
  readonly isWritablePrimary?: boolean;
  readonly localTime: Date;
}

/** Credentials of the URI come into no text. */
export async function inspectMongodb(uri: string, database: string): Promise<StoreInspection> {
  const connection = mongoose.createConnection();
  // Also told to whoever awaits the call that fails.
  connection.on('error', () => undefined);
  try {
    await connection.openUri(uri, {
      dbName: database,
      appName: 'velocity/doctor',
      autoIndex: false,
      autoCreate: false,
      serverSelectionTimeoutMS: SELECTION_MS,
      connectTimeoutMS: SELECTION_MS,
      socketTimeoutMS: COMMAND_MS,
    });
    return await inspect(connection);
  } catch (error) {
    const problems = [new MongodbProblems(uri).describe(error)];
    return { description: '', problems, notices: [], clockAheadMs: null };
  } finally {
    await connection.close(true);
  }
}

async function inspect(connection: Connection): Promise<StoreInspection> {
  const asked = Date.now();
  const hello = (await command(connection, { hello: 1 })) as unknown as Hello;
  const answered = Date.now();
  const { version } = (await command(connection, { buildInfo: 1 })) as { version: string };
  const isCluster = hello.msg === 'isdbgrid';
  const notices = isCluster || hello.setName !== undefined ? [] : [STANDALONE];
  const problems = isCluster || hello.isWritablePrimary !== false ? [] : [NOT_WRITABLE];
  const missing = await missingIndexes(connection);
  const kind = isCluster
    ? 'sharded cluster'
    : hello.setName === undefined
      ? 'standalone'
      : `replica set ${hello.setName}`;
  return {
    description: `MongoDB ${version}, ${kind}, database ${connection.name}${missing.isEmpty ? ', empty: the first start fills it' : ''}`,
    problems: [
      ...problems,
      ...missing.indexes.map(
        (index) => `${index} is missing: a restart of the balancer makes it; queries are slow until then.`,
      ),
    ],
    notices,
    clockAheadMs: hello.localTime.getTime() - (asked + answered) / 2,
  };
}

const STANDALONE =
  'It is no replica set: there are no transactions and no change streams, so changes are slower to be seen by other balancers. A set of one node is enough (rs.initiate()).';
const NOT_WRITABLE = 'What answered takes no writes: name all nodes of the replica set in storage.uri.';

async function command(connection: Connection, request: Record<string, unknown>): Promise<object> {
  return (await connection.db?.command(request)) ?? {};
}

async function missingIndexes(connection: Connection): Promise<{ isEmpty: boolean; indexes: string[] }> {
  const collections = (await connection.db?.listCollections({}, { nameOnly: true }).toArray()) ?? [];
  const existing = new Set(collections.map(({ name }) => name));
  const models = MODEL_NAMES.map((name) => modelOf(connection, name));
  const here = models.filter(({ collection }) => existing.has(collection.collectionName));
  const indexes: string[] = [];
  for (const model of here) {
    // Only those that lack: what is beyond ours may be an operator's own.
    const { toCreate } = await model.diffIndexes();
    const keys = toCreate.map((key: unknown) => JSON.stringify(key));
    indexes.push(...keys.map((key) => `The index ${key} of ${model.collection.collectionName}`));
  }
  return { isEmpty: here.length === 0, indexes };
}
