import { describe, expect, it } from 'vitest';
import { countHosts, isValidHost } from './host-header.js';

describe('isValidHost', () => {
  it.each([
    '',
    'a',
    'a.b-c_d~e',
    'a.',
    'a:80',
    'a:',
    'a:65535',
    '192.0.2.1:8000',
    '[::1]',
    '[2001:DB8::1]:443',
    '[::ffff:192.0.2.1]:',
    'xn--bcher-kva.example',
    '%41',
  ])('takes "%s"', (value) => {
    expect(isValidHost(value)).toBe(true);
  });

  it.each([
    ':80',
    'a:b',
    'a:b:80',
    'a:80:80',
    'a:65536',
    'a:99999999999999999999',
    'a:+1',
    '::1',
    '[::1',
    '::1]',
    '[]',
    '[:]',
    '[::1]x',
    '[::1]:x',
    '[fe80::1%25eth0]',
    '[a.b',
    'a[b]',
    'a b',
    'a/b',
    'a@b',
    'a,b',
    'a\\b',
    'a"b',
    'a\u0000',
    '\u00e4.test',
    'a:8\u0660',
  ])('refuses "%s"', (value) => {
    expect(isValidHost(value)).toBe(false);
  });
});

it('counts Host in any case', () => {
  expect(countHosts(['Host', 'a', 'X-Host', 'b', 'hOST', 'c', 'Hosts', 'd'])).toBe(2);
  expect(countHosts([])).toBe(0);
});
