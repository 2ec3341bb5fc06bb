import { expect, it } from 'vitest';
import { merged } from './merge-patch';

const STATE = {
  time: 1,
  services: { shop: { requests: 5, drops: { no_route: 1 } }, api: { requests: 2 } },
  list: [1, 2],
};

it('sets, replaces and removes what the patch names', () => {
  const patch = {
    time: 2,
    services: { shop: { drops: { no_route: null, blocked: 3 } }, web: { requests: 0 } },
    list: [],
  };
  expect(merged(STATE, patch)).toEqual({
    time: 2,
    services: { shop: { requests: 5, drops: { blocked: 3 } }, api: { requests: 2 }, web: { requests: 0 } },
    list: [],
  });
  expect(STATE.services.shop.drops).toEqual({ no_route: 1 });
});

it('keeps what it does not name as the same object', () => {
  const after = merged(STATE, { services: { shop: { requests: 6 } } });
  expect(after.services.api).toBe(STATE.services.api);
  expect(after.services.shop).not.toBe(STATE.services.shop);
  expect(after.services.shop.drops).toBe(STATE.services.shop.drops);
});

it('changes no prototype', () => {
  const patch = JSON.parse('{"services":{"__proto__":{"requests":1}}}') as Record<string, unknown>;
  const after = merged(STATE, patch);
  expect(Object.getPrototypeOf(after.services)).toBe(Object.prototype);
  expect(({} as Record<string, unknown>)['requests']).toBeUndefined();
});
