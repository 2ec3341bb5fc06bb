import { expect, it } from 'vitest';
import { changeLines, type DesiredState, EMPTY_STATE } from '../../registry/index.js';
import { drainedByDiscovery } from './drained.history.js';

const URL = 'http://10.0.0.1:80';

function shop(...backends: NonNullable<DesiredState['services'][number]['backends']>): DesiredState {
  return { ...EMPTY_STATE, services: [{ name: 'shop', backends }] };
}

/** As the registry writes them. */
const added = changeLines(shop(), shop({ url: URL, source: 'docker' }));
const drained = changeLines(shop({ url: URL }), shop({ url: URL, state: 'draining' }));
const enabled = changeLines(shop({ url: URL, state: 'draining' }), shop({ url: URL, state: 'enabled' }));
const weighed = changeLines(shop({ url: URL }), shop({ url: URL, weight: 3 }));

const of = (origin: 'api' | 'discovery', changes: readonly string[]) => ({ origin, changes });
const key = `shop\n${URL}`;

it('knows who drained a backend last', () => {
  expect([...drainedByDiscovery([of('discovery', drained), of('discovery', added)])]).toEqual([key]);
  expect([...drainedByDiscovery([of('api', weighed), of('discovery', drained)])]).toEqual([key]);
  expect(drainedByDiscovery([of('api', drained), of('discovery', added)]).size).toBe(0);
  expect(
    drainedByDiscovery([of('api', drained), of('discovery', enabled), of('discovery', drained)]).size,
  ).toBe(0);
  expect(drainedByDiscovery([of('discovery', added), of('discovery', drained)]).size).toBe(0);
  expect(drainedByDiscovery([]).size).toBe(0);
});
