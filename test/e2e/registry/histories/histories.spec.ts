import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { mongodbStorage, openStores, sqliteStorage } from '../../../support/stores.js';
import { emptied } from './emptied.store.js';
import { history } from './edits.js';
import { HistoryTrial } from './history.trial.js';

const kinds = [
  { histories: 700, kind: await sqliteStorage() },
  { histories: 180, kind: await mongodbStorage() },
  { histories: 180, kind: await mongodbStorage({ replicaSet: false }) },
].map(({ histories, kind }) => ({ histories, kind, name: kind.name }));
afterAll(() => Promise.all(kinds.map(({ kind }) => kind.stop())));

it('are at least 1,000 where all stores are there', () => {
  expect(kinds.reduce((sum, { histories }) => sum + histories, 0)).toBeGreaterThanOrEqual(1_000);
});

describe.each(kinds.filter(({ kind }) => kind.available))(
  'random histories on $name',
  ({ histories, kind }) => {
    it('of edits from file and API end as the rule says, wherever a process dies, and rollbacks are exact', async () => {
      const stores = await openStores(kind.fresh());
      const held = fc.asyncProperty(history, async ({ file, steps }) => {
        await emptied(stores);
        await new HistoryTrial(stores, file).run(steps);
      });
      const found = await fc.check(held, { numRuns: histories, seed: 5 });
      await stores.close();
      expect(fc.defaultReportMessage(found)).toBeUndefined();
    }, 600_000);
  },
);
