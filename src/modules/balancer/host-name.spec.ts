import { expect, it } from 'vitest';
import { normalizeHost } from './host-name.js';

it.each([
  ['shop.test', 'shop.test'],
  ['shop.test:8000', 'shop.test'],
  ['SHOP.Test:8000', 'shop.test'],
  ['shop.test.', 'shop.test'],
  ['shop.test.:80', 'shop.test'],
  ['127.0.0.1:8000', '127.0.0.1'],
  ['[::1]', '[::1]'],
  ['[::1]:8000', '[::1]'],
  ['[2001:DB8::A]:443', '[2001:db8::a]'],
  ['[::1', '[::1'],
  ['shop.test:', 'shop.test'],
  [':8000', ''],
  ['', ''],
  ['.', '.'],
])('%j becomes %j', (raw, expected) => {
  expect(normalizeHost(raw)).toBe(expected);
});
