import * as fc from 'fast-check';
import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { expect, it } from 'vitest';
import { NetworkReader } from './network.reader.js';
import { networkText } from './network.text.js';

const reader = new NetworkReader();

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['255.255.255.255/32', '255.255.255.255'],
  ['::', '::'],
  ['::/0', '::/0'],
  ['1::', '1::'],
  ['::1', '::1'],
  ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8::/32', '2001:db8::/32'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ['1:0:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::ffff:c000:207', '192.0.2.7'],
  ['::ffff:192.0.2.0/120', '192.0.2.0/24'],
  ['::ffff:0:0/96', '0.0.0.0/0'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
])('%s is read as %s', (text, network) => {
  expect(reader.readText(text)).toBeNull();
  expect(networkText(reader)).toBe(network);
});

it.each([
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['192.0.2.1/31', '192.0.2.0/31'],
  ['1.2.3.4/0', '0.0.0.0/0'],
  ['2001:db8::1/64', '2001:db8::/64'],
  ['::ffff:10.1.2.3/104', '10.0.0.0/8'],
  ['::ffff:10.1.2.3/64', '::/64'],
])('%s has host bits: %s was meant', (text, network) => {
  expect(reader.readText(text)).toBe('host-bits');
  expect(networkText(reader)).toBe(network);
});

it.each([
  '',
  '/',
  '/8',
  '1',
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.256',
  '01.2.3.4',
  '1.2.3.4 ',
  ' 1.2.3.4',
  '1.2.3.-4',
  '1..2.3',
  '1.2.3.4/8/8',
  ':',
  ':::',
  ':1',
  '1:',
  '1:::2',
  '1::2::3',
  '12345::',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7:8::',
  'g::',
  '::1.2.3',
  '::1.2.3.4:5',
  '1:2:3:4:5:6:7:1.2.3.4',
  'fe80::1%eth0',
  '[::1]',
  'localhost',
  '0x7f.0.0.1',
  '1.2.3.4\0',
])('%j is no address', (text) => {
  const fault = reader.readText(text);
  expect(fault).toBe(text === '1.2.3.4/8/8' ? 'no-prefix' : 'no-address');
});

it.each([
  '1.2.3.4/',
  '1.2.3.4/33',
  '1.2.3.4/-1',
  '1.2.3.4/0x8',
  '1.2.3.4/8 ',
  '::/129',
  '::/1000',
  '::/',
  '10.0.0.0/255.0.0.0',
])('%j has no prefix length', (text) => expect(reader.readText(text)).toBe('no-prefix'));

it('reads what other readers read, and writes it as they do', () => {
  const groups = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(groups, (parts) => {
      const theirs = new ipaddr.IPv6(parts);
      fc.pre(!theirs.isIPv4MappedAddress());
      for (const text of [theirs.toRFC5952String(), theirs.toNormalizedString()]) {
        expect(reader.readText(text)).toBeNull();
        expect(networkText(reader)).toBe(theirs.toRFC5952String());
      }
    }),
  );
});

it('takes exactly the texts for IPv6 addresses that Node takes, but for zones', () => {
  const piece = fc.constantFrom(':', '::', '0', '1', 'ffff', 'abcde', '1.2.3.4', '.', 'g', '9');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      fc.pre(text.includes(':'));
      expect(reader.readText(text) === null).toBe(isIPv6(text));
    }),
    { numRuns: 5_000 },
  );
});
