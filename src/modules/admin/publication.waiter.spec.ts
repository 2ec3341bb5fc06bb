import { NO_GLOBALS } from '../../common/contract/policies/index.js';
import { expect, it } from 'vitest';
import type { Publication, PublicationSource } from '../data-plane/index.js';
import { PublicationWaiter } from './publication.waiter.js';

class Source implements PublicationSource {
  private readonly listeners: ((publication: Publication) => void)[] = [];
  private publication: Publication | null = null;

  current(): Publication | null {
    return this.publication;
  }

  onPublished(listener: (publication: Publication) => void): void {
    this.listeners.push(listener);
  }

  publish(revision: number): void {
    const snapshot = {
      generation: 1,
      services: [],
      trustedProxies: [],
      globals: NO_GLOBALS,
      via: 'velocity',
      affinitySecret: '',
    };
    this.publication = { revision, snapshot, services: [] };
    for (const listener of this.listeners) listener(this.publication);
  }
}

it('does not wait for what runs already, nor for more than it was asked', async () => {
  const source = new Source();
  source.publish(7);
  const waiter = new PublicationWaiter(source);
  await expect(waiter.published(6)).resolves.toBeUndefined();
  await expect(waiter.published(7)).resolves.toBeUndefined();
});

it('waits until the revision or a later one is published', async () => {
  const source = new Source();
  const waiter = new PublicationWaiter(source);
  const order: string[] = [];
  const both = [5, 6].map((revision) =>
    waiter.published(revision).then(() => order.push(`answered ${revision}`)),
  );
  source.publish(4);
  await Promise.resolve();
  expect(order).toEqual([]);
  source.publish(6);
  await Promise.all(both);
  expect(order).toEqual(['answered 5', 'answered 6']);
});

it('says that the change is saved but does not run, when nothing is published in time', async () => {
  const waiter = new PublicationWaiter(new Source(), 5);
  await expect(waiter.published(3)).rejects.toMatchObject({
    code: 'WORKER_FAILED',
    message: 'The change is saved as revision 3, but does not run yet; GET /api/v1/status shows the workers.',
  });
});
