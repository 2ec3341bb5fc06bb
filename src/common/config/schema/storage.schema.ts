import { z } from 'zod';
import { BUILT_IN } from '../built-in-defaults.js';
import { plainText, text } from './scalar.schema.js';
import { quoted } from '../units/quoted.js';
import type { ReplicaSetOfOne } from '../velocity-config.js';

const MONGODB_URI = /^mongodb(?:\+srv)?:\/\/[^/?#]+(?:\/([^?#]*))?(?:[?#].*)?$/;
const ONE_SERVER = /^mongodb:\/\/(?:[^@/?#]*@)?([^@,/?#]+)(?:\/[^?#]*)?\?(.*)$/;
const MONGODB_PORT = 27_017;
const DATABASE_NAME = /^[^/\\. "$*<>:|?\0]{1,63}$/;

/** The database that a MongoDB URI names in its path, decoded; null when it names none. */
export function databaseOfUri(uri: string): string | null {
  const path = MONGODB_URI.exec(uri)?.[1];
  if (!path) return null;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** One server and the name of its replica set, as a MongoDB URI gives them; null when it gives several servers or no set. */
export function replicaSetOfUri(uri: string): ReplicaSetOfOne | null {
  const [, host, query] = ONE_SERVER.exec(uri) ?? [];
  if (host === undefined) return null;
  const parameters = [...new URLSearchParams(query)];
  const name = parameters.find(([key]) => key.toLowerCase() === 'replicaset')?.[1];
  return name ? { name, host: /:\d+$/.test(host) ? host : `${host}:${MONGODB_PORT}` } : null;
}

/** The URI may hold a password: it is never repeated in a message. */
function uriProblem(uri: string): string | null {
  if (!MONGODB_URI.test(uri))
    return 'is no MongoDB URI: write for example mongodb://127.0.0.1:27017/velocity';
  const database = databaseOfUri(uri);
  return database === null || DATABASE_NAME.test(database)
    ? null
    : `names ${quoted(database)}, which is no database name`;
}

/** Where the registry and the logs are kept. */
export const storageSchema = z
  .discriminatedUnion('driver', [
    z.strictObject({
      driver: z.literal('sqlite').meta({ description: 'Built in: nothing to install.' }),
      path: plainText('the path of the database file', 4_096).optional().meta({
        label: 'file path',
        default: BUILT_IN.storage.path,
        description:
          'The database file; made when missing. Relative paths start at the working directory. The access log is in a file beside it, `velocity-access.db` for `velocity.db`.',
      }),
    }),
    z.strictObject({
      driver: z.literal('mongodb').meta({ description: 'A MongoDB server or replica set.' }),
      uri: text(uriProblem).meta({
        label: 'MongoDB URI',
        description: 'Where the server is.',
        examples: ['mongodb://127.0.0.1:27017/velocity'],
      }),
      database: text((name) => (DATABASE_NAME.test(name) ? null : `${quoted(name)} is no database name`))
        .optional()
        .meta({
          label: 'database name',
          description: `Omitted: the one that the URI names, else \`${BUILT_IN.mongoDatabase}\`.`,
        }),
      initiateReplicaSet: z.boolean().optional().meta({
        default: false,
        description:
          'Makes a new server that was started with `--replSet` a replica set of one node, once. The URI names that server and, as `replicaSet`, the set.',
      }),
    }),
  ])
  .meta({
    title: 'Storage',
    description: 'Where the registry and the logs are kept.',
    default: BUILT_IN.storage,
  });

export type StorageInput = z.output<typeof storageSchema>;
