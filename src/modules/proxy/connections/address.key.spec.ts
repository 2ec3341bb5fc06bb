import { BlockList, isIP } from 'node:net';
import { expect, it } from 'vitest';
import { AddressKey } from './address.key.js';

const key = new AddressKey();

/** The key as 32 hex digits; null: no address. */
function hex(text: string): string | null {
  if (!key.read(text)) return null;
  return [...key.words].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

it.each([
  ['127.0.0.1', '00000000000000000000ffff7f000001'],
  ['255.255.255.255', '00000000000000000000ffffffffffff'],
  ['0.0.0.0', '00000000000000000000ffff00000000'],
  ['::', '00000000000000000000000000000000'],
  ['::1', '00000000000000000000000000000001'],
  ['1::', '00010000000000000000000000000000'],
  ['2001:db8::ff00:42:8329', '20010db8000000000000ff0000428329'],
  ['2001:DB8:1:2:3:4:5:6', '20010db8000100020003000400050006'],
  ['fe80::1%lo', 'fe800000000000000000000000000001'],
  ['64:ff9b::192.0.2.33', '0064ff9b0000000000000000c0000221'],
  ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
  ['1:2:3:4:5:6:1.2.3.4', '00010002000300040005000601020304'],
])('reads %s', (text, expected) => {
  expect(isIP(text)).not.toBe(0);
  expect(hex(text)).toBe(expected);
});

it('takes an IPv4 address and its mapped form for one', () => {
  expect(hex('::ffff:192.0.2.7')).toBe(hex('192.0.2.7'));
  expect(hex('::ffff:c000:207')).toBe(hex('192.0.2.7'));
});

it.each(['', 'localhost', '1.2.3', '1.2.3.256', ':::', '1:2:3', '/run/velocity.sock'])(
  'takes %j for no address',
  (text) => {
    expect(hex(text)).toBeNull();
  },
);

it('says of an address what it said before when it comes again', () => {
  const key = new AddressKey();
  const texts = ['192.0.2.7', '192.0.2.7', 'localhost', 'localhost', '192.0.2.7', '2001:db8::1', '192.0.2.7'];
  expect(texts.map((text) => key.read(text))).toEqual([true, true, false, false, true, true, true]);
  expect([key.isIpv4, key.words[3]]).toEqual([true, 0xc0000207 | 0]);
});

it('agrees with the platform on random addresses in every short form', () => {
  for (let round = 0; round < 2_000; round++) {
    const groups = Array.from({ length: 8 }, () => (Math.random() < 0.5 ? 0 : (Math.random() * 65_536) | 0));
    const full = groups.map((group) => group.toString(16)).join(':');
    const short = new URL(`http://[${full}]`).hostname.slice(1, -1);
    const list = new BlockList();
    list.addAddress(full, 'ipv6');
    expect(list.check(short, 'ipv6')).toBe(true);
    const digits = groups.map((group) => group.toString(16).padStart(4, '0')).join('');
    expect([hex(full), hex(short)], short).toEqual([digits, digits]);
  }
});
