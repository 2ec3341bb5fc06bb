import { describe, expect, it } from 'vitest';
import { peerAddress, TrustedProxies } from './trusted-proxies.js';

describe('TrustedProxies', () => {
  it('trusts nobody by default', () => {
    expect(new TrustedProxies([]).trusts('127.0.0.1')).toBe(false);
  });

  it('trusts addresses and blocks of both families, and nothing that is no address', () => {
    const proxies = new TrustedProxies([
      '10.0.0.0/8',
      '192.0.2.1',
      '2001:db8::/32',
      'fd00::1',
      'rubbish',
      '',
    ]);
    for (const address of ['10.1.2.3', '192.0.2.1', '2001:db8:1::1', 'fd00::1'])
      expect(proxies.trusts(address)).toBe(true);
    for (const address of ['11.0.0.1', '192.0.2.2', '2001:db9::1', 'fd00::2', '', 'unknown', '10.0.0'])
      expect(proxies.trusts(address)).toBe(false);
  });

  it('goes left only over trusted hops', () => {
    const proxies = new TrustedProxies(['10.0.0.0/8']);
    expect(proxies.clientOf('10.0.0.1', '1.1.1.1, 2.2.2.2, 10.0.0.2')).toBe('2.2.2.2');
    expect(proxies.clientOf('10.0.0.1', '10.0.0.3,10.0.0.2')).toBe('10.0.0.3');
    expect(proxies.clientOf('10.0.0.1', undefined)).toBe('10.0.0.1');
  });

  it('reads addresses as clients and proxies write them', () => {
    const proxies = new TrustedProxies(['10.0.0.0/8', '2001:db8::/32']);
    for (const [written, client] of [
      ['192.0.2.1:4711', '192.0.2.1'],
      ['[2001:DB9::1]:4711', '2001:db9::1'],
      ['2001:DB9::1', '2001:db9::1'],
      ['::FFFF:192.0.2.1', '192.0.2.1'],
      ['192.0.2.1, ::FFFF:10.0.0.2', '192.0.2.1'],
      ['192.0.2.1, [2001:db8::7]', '192.0.2.1'],
      ['fe80::1%eth0', 'fe80::1%eth0'],
      ['unknown', '10.0.0.1'],
      ['192.0.2.1, _hidden', '10.0.0.1'],
    ] as const)
      expect(proxies.clientOf('10.0.0.1', written), written).toBe(client);
  });

  it('is not slowed down by endless lists', () => {
    const proxies = new TrustedProxies(['10.0.0.0/8']);
    expect(proxies.clientOf('10.0.0.1', ','.repeat(100_000))).toBe('10.0.0.1');
  });
});

describe('peerAddress', () => {
  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '::ffff:c000:201'],
    ['2001:db8::1', '2001:db8::1'],
    ['192.0.2.1', '192.0.2.1'],
    [undefined, ''],
  ])('%s is %s', (raw, address) => {
    expect(peerAddress(raw)).toBe(address);
  });
});
