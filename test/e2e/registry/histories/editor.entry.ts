import * as fc from 'fast-check';
import type { StorageConfig } from '../../../../src/common/config/index.js';
import { RegistryService } from '../../../../src/modules/registry/index.js';
import { openStores } from '../../../support/stores.js';
import { desired } from './edits.js';

/*
 * A process that applies one state after the other without end, and says each revision when it is stored.
 * Its parent kills it in the middle, and knows the states: they come from the seed.
 */
const [storage, seed, count] = process.argv.slice(2) as [string, string, string];
const states = fc.sample(desired, { seed: Number(seed), numRuns: Number(count) });
const stores = await openStores(JSON.parse(storage) as StorageConfig);
const registry = new RegistryService(stores.registry, stores.connection);
const { revision } = await registry.start(null, '');
process.stdout.write(`0 ${revision.number}\n`);
for (const [index, state] of states.entries()) {
  const view = await registry.apply(state, { mode: 'replace' }, { author: `edit ${index}` });
  process.stdout.write(`${index} ${view.revision.number}\n`);
}
