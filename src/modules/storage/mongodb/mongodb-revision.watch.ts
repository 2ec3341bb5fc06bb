import { LOOK_INTERVAL_MS, RevisionWatch, type WatchParts } from '../revision-watch.js';
import type { RegistryCollections } from './registry-write.js';
import type { MongodbConnection } from './mongodb.connection.js';
import { RevisionStream } from './revision.stream.js';

/** Where a change stream tells, the looks are only there for the case that it is silent without a word. */
const SAFETY_INTERVAL_MS = 5_000;

/** Watches the number of the stored revision. Returns what ends it. */
export function watchRevisions(
  connection: MongodbConnection,
  meta: () => RegistryCollections['meta'],
  parts: WatchParts,
): () => void {
  const stream = new RevisionStream(connection, meta, () => watch.look());
  const watch: RevisionWatch = new RevisionWatch(parts, () =>
    stream.isOpen ? SAFETY_INTERVAL_MS : LOOK_INTERVAL_MS,
  );
  stream.start();
  watch.start();
  return () => {
    stream.stop();
    watch.stop();
  };
}
