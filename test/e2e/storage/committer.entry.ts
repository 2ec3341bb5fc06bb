import type { StorageConfig } from '../../../src/common/config/index.js';
import type { StoredRegistry } from '../../../src/modules/registry/index.js';
import { openStores } from '../../support/stores.js';
import { commitOf, uniformState, stored } from './states.js';

/*
 * A process that commits without end, each time the whole state, and says each number when it is done.
 * Its parent kills it in the middle.
 */
const stores = await openStores(JSON.parse(process.argv[2] as string) as StorageConfig);
let before: StoredRegistry | null = await stores.registry.load();
for (;;) {
  const number = (before?.revision.number ?? 0) + 1;
  const next = stored(number, uniformState(number));
  await stores.registry.commit(commitOf(before, next));
  process.stdout.write(`${number}\n`);
  before = next;
}
