import { expect, it } from 'vitest';
import { clientNetwork } from './client.network.js';

it.each([
  ['203.0.113.77', '203.0.113.0'],
  ['10.1.2.0', '10.1.2.0'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
  ['2001:db8:1:2::7', '2001:db8:1::'],
  ['2001:db8::7', '2001:db8::'],
  ['2001::7', '2001::'],
  ['::1', '::'],
  ['::', '::'],
  ['1::2:3:4:5:6:7', '1:0:2::'],
  ['0:0:5:6:7:8:9:a', '0:0:5::'],
  ['fe80::1%eth0', 'fe80::'],
  ['::ffff:192.0.2.9', '::ffff:192.0.2.0'],
  ['', ''],
  ['unix', 'unix'],
])('%s is in %s', (address, network) => {
  expect(clientNetwork(address)).toBe(network);
});
