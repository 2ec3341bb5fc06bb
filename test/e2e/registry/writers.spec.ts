import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { ServiceInput } from '../../../src/common/config/index.js';
import { isVelocityError } from '../../../src/common/errors/index.js';
import { backendTag, stateTag, type RegistryService } from '../../../src/modules/registry/index.js';
import { mongodbStorage, sqliteStorage } from '../../support/stores.js';
import { Registries, by, file, idOf, serviceNames, textOf, weights } from './registries.js';

const kinds = [await sqliteStorage(), await mongodbStorage()];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));

const A = 'http://10.0.0.1:8001';
const WRITERS = 100;
const shop: ServiceInput = { name: 'shop', hosts: ['shop.test'], backends: [{ url: A, weight: 1 }] };

/** Adds one to a weight, as often as it takes; resolves with how often somebody else was faster. */
async function increment(registry: RegistryService, author: string): Promise<number> {
  for (let refusals = 0; ; refusals++) {
    const backend = registry.current().state.services[0]?.backends?.[0];
    if (backend === undefined) throw new TypeError('there is no backend');
    const change = { author, ifMatch: [backendTag(backend)] };
    const weight = (backend.weight ?? 0) + 1;
    try {
      await registry.patchBackend('shop', idOf(registry.current(), A), { weight }, change);
      return refusals;
    } catch (error) {
      // A conflict that lasted: others wrote faster than the registry could repeat.
      if (!isVelocityError(error, 'PRECONDITION_FAILED') && !isVelocityError(error, 'REVISION_CONFLICT'))
        throw error;
      await registry.preview({ rollback: registry.current().revision.number }).catch(() => undefined);
    }
  }
}

describe.each(kinds.filter((kind) => kind.available))('several writers on $name', (kind) => {
  const registries = new Registries();
  afterEach(() => registries.end());

  it('with If-Match, 100 of them over two balancers, lose no update', async () => {
    const storage = kind.fresh();
    const both = [
      (await registries.start(storage, file(shop))).registry,
      (await registries.start(storage, file(shop))).registry,
    ] as const;
    const refusals = await Promise.all(
      Array.from({ length: WRITERS }, (_, index) =>
        increment(both[index % 2 === 0 ? 0 : 1], `writer ${index}`),
      ),
    );
    const { registry } = await registries.start(storage);
    expect(weights(registry.current())).toEqual({ [A]: 1 + WRITERS });
    const revisions = await registry.revisions(1_000);
    expect(revisions).toHaveLength(1 + WRITERS);
    expect(new Set(revisions.map(({ author }) => author)).size).toBe(1 + WRITERS);
    expect(refusals.some((count) => count > 0)).toBe(true);
    const weightsByRevision = await Promise.all(
      revisions.map(
        async ({ number }) => (await registry.stateAt(number)).services[0]?.backends?.[0]?.weight,
      ),
    );
    expect(weightsByRevision).toEqual(Array.from({ length: 1 + WRITERS }, (_, index) => 1 + WRITERS - index));
  });

  it('of whole states: exactly one of those who saw the same revision wins', async () => {
    const storage = kind.fresh();
    const [mine, theirs] = [
      await registries.start(storage, file(shop)),
      await registries.start(storage, file(shop)),
    ];
    const seen = stateTag(mine.registry.current());
    const ends = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 === 0 ? mine : theirs).registry.apply(
          file({ ...shop, hosts: [`s${index}.test`] }),
          { mode: 'replace' },
          { author: `writer ${index}`, ifMatch: [seen] },
        ),
      ),
    );
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const codes = ends.flatMap((end) =>
      end.status === 'rejected' ? [(end.reason as { code: string }).code] : [],
    );
    expect(new Set(codes)).toEqual(new Set(['PRECONDITION_FAILED']));
    expect(await mine.registry.revisions(9)).toHaveLength(2);
  });

  it('who edit the same field at once both stand in the history, and the later one runs on both', async () => {
    const storage = kind.fresh();
    const [mine, theirs] = [
      await registries.start(storage, file(shop)),
      await registries.start(storage, file(shop)),
    ];
    const id = idOf(mine.registry.current(), A);
    const views = await Promise.all([
      mine.registry.patchBackend('shop', id, { weight: 4 }, by('mine')),
      theirs.registry.patchBackend('shop', id, { weight: 5 }, by('theirs')),
    ]);
    const last = views.find(({ revision }) => revision.number === 3);
    const history = await mine.registry.revisions(9);
    expect(history.map(({ author }) => author).toSorted()).toEqual(['mine', 'theirs', 'velocity.yml']);
    const { registry } = await registries.start(storage);
    expect(weights(registry.current())).toEqual({ [A]: last?.revision.author === 'mine' ? 4 : 5 });
  });

  it('are judged by what is stored, not by what this balancer last saw of it', async () => {
    const storage = kind.fresh();
    const [mine, theirs] = [
      await registries.start(storage, file(shop)),
      await registries.start(storage, file(shop)),
    ];
    const id = await theirs.registry.addBackend('shop', { url: 'http://10.0.0.2:80' }, by('theirs'));
    await theirs.registry.patchBackend(
      'shop',
      idOf(theirs.registry.current(), A),
      { weight: 6 },
      by('theirs'),
    );
    const seen = backendTag(theirs.registry.current().state.services[0]!.backends![0]!);
    const change = { author: 'mine', ifMatch: [seen] };
    await mine.registry.patchBackend('shop', idOf(mine.registry.current(), A), { weight: 7 }, change);
    await theirs.registry.createService({ name: 'api', hosts: ['api.test'] }, by('theirs'));
    await mine.registry.removeBackend('shop', id, by('mine'));
    await theirs.registry.deleteService('api', by('theirs'));
    await mine.registry.createService({ name: 'api', hosts: ['api.test'] }, by('mine'));
    expect(serviceNames(mine.registry.current())).toEqual(['shop', 'api']);
    const { registry } = await registries.start(storage);
    expect(textOf(registry.current())).toBe(textOf(mine.registry.current()));
  });
});
