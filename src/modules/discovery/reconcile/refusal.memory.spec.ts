import { expect, it } from 'vitest';
import { EMPTY_STATE } from '../../registry/index.js';
import type { ChangeUnit } from './plan.js';
import { RefusalMemory } from './refusal.memory.js';

const state = { ...EMPTY_STATE, services: [{ name: 'shop' }, { name: 'blog' }] };
const unit: ChangeUnit = {
  kind: 'found',
  source: 'docker',
  service: 'shop',
  url: 'http://10.0.0.1:80',
  backend: null,
  place: 'here',
  settings: null,
  changes: [{ kind: 'add', service: 'shop', backend: { url: 'http://10.0.0.1:80' } }],
};

it('remembers a refusal while finding and service are as they were, for a while', () => {
  const memory = new RefusalMemory();
  expect(memory.reasonFor(unit, state, 0)).toBe('');
  memory.add(unit, 'no', state, 0);
  expect(memory.reasonFor(unit, { ...state, services: [state.services[0]!] }, 29_999)).toBe('no');
  expect(memory.reasonFor({ ...unit, url: 'http://10.0.0.2:80' }, state, 1)).toBe('');
  expect(memory.reasonFor(unit, state, 30_000)).toBe('');
  memory.add(unit, 'no', state, 0);
  expect(memory.reasonFor(unit, { ...state, services: [{ name: 'shop' }] }, 1)).toBe('');
  memory.add(unit, 'no', state, 0);
  expect(memory.reasonFor({ ...unit, changes: [] }, state, 1)).toBe('');
  memory.add(unit, 'no', state, 0);
  memory.prune(30_000);
  expect(memory.isEmpty).toBe(true);
});
