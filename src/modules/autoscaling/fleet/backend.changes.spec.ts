import { expect, it } from 'vitest';
import { VelocityError } from '../../../common/errors/index.js';
import type { BackendChange, RegistryView } from '../../registry/index.js';
import { BackendChanges } from './backend.changes.js';

const remove = (service: string): BackendChange => ({ kind: 'remove', service, backend: 'id' });
const servicesOf = (changes: readonly BackendChange[]) =>
  changes.map((change) => (change.kind === 'remove' ? change.service : ''));

it('what several services want at a time is one revision, and one that is refused keeps nobody else from it', async () => {
  const calls: { readonly services: string[]; readonly note: string | undefined }[] = [];
  const changes = new BackendChanges({
    changeBackends: (all, { note }) => {
      const services = servicesOf(all);
      calls.push({ services, note });
      if (services.includes('broken')) return Promise.reject(new VelocityError('CONFIG_INVALID', 'no'));
      return Promise.resolve({} as RegistryView);
    },
  });
  await Promise.all([changes.submit([remove('a')], 'a: gone'), changes.submit([remove('b')], 'b: gone')]);
  expect(calls).toEqual([{ services: ['a', 'b'], note: 'a: gone; b: gone' }]);

  const results = await Promise.allSettled([
    changes.submit([remove('broken')], 'broken: gone'),
    changes.submit([remove('c')], 'c: gone'),
    changes.submit([], ''),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(calls.slice(1).map(({ services }) => services)).toEqual([['broken', 'c'], ['broken'], ['c']]);
});
