import { expect, it } from 'vitest';
import { EMPTY_STATE, type DesiredState } from '../../registry/index.js';
import { statePatch } from './state.patch.js';

const state = (services: DesiredState['services'], more: Partial<DesiredState> = {}): DesiredState => ({
  ...EMPTY_STATE,
  services,
  ...more,
});
const backend = (port: number, weight = 1) => ({ url: `http://10.0.0.1:${port}`, weight });

it('is a unified diff, service by service', async () => {
  const before = state([
    { name: 'shop', hosts: ['shop.test'], backends: [backend(1), backend(2)] },
    { name: 'same', backends: [backend(3)] },
    { name: 'gone', backends: [] },
  ]);
  const after = state(
    [
      { name: 'shop', hosts: ['shop.test'], backends: [backend(1, 5), backend(2)] },
      { name: 'same', backends: [backend(3)] },
      { name: 'new', backends: [] },
    ],
    { trustedProxies: ['10.0.0.0/8'] },
  );
  expect(await statePatch(before, after)).toBe(
    [
      '--- a/settings',
      '+++ b/settings',
      '@@ -1,2 +1,3 @@',
      '-trustedProxies: []',
      '+trustedProxies:',
      '+  - 10.0.0.0/8',
      ' defaults: {}',
      '--- a/services/shop',
      '+++ b/services/shop',
      '@@ -3,6 +3,6 @@',
      '   - shop.test',
      ' backends:',
      '   - url: http://10.0.0.1:1',
      '-    weight: 1',
      '+    weight: 5',
      '   - url: http://10.0.0.1:2',
      '     weight: 1',
      '--- /dev/null',
      '+++ b/services/new',
      '@@ -0,0 +1,2 @@',
      '+name: new',
      '+backends: []',
      '--- a/services/gone',
      '+++ /dev/null',
      '@@ -1,2 +0,0 @@',
      '-name: gone',
      '-backends: []',
      '',
    ].join('\n'),
  );
});

it('is empty when nothing differs, and shows no value of a health header', async () => {
  const withToken = (token: string) =>
    state([{ name: 'shop', health: { type: 'http', headers: { authorization: token } }, backends: [] }]);
  expect(await statePatch(withToken('a'), withToken('a'))).toBe('');
  const patch = await statePatch(EMPTY_STATE, withToken('Bearer marked-secret'));
  expect(patch).toContain('authorization: "***"');
  expect(patch).not.toContain('marked-secret');
});

it('says of services beyond two hundred how many there are', async () => {
  const many = state(Array.from({ length: 250 }, (_, index) => ({ name: `s${index}`, backends: [] })));
  const patch = await statePatch(EMPTY_STATE, many);
  expect(patch.match(/^\+\+\+ /gm)).toHaveLength(200);
  expect(patch).toContain('# and 50 more services');
});
