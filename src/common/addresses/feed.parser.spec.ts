import { expect, it } from 'vitest';
import { FeedParser } from './feed.parser.js';
import type { NetworkColumn } from './network.list.js';
import { networkText } from './network.text.js';

function parse(text: string, pieces = 1): FeedParser {
  const parser = new FeedParser();
  const bytes = Buffer.from(text);
  const size = Math.max(1, Math.ceil(bytes.length / pieces));
  for (let at = 0; at < bytes.length; at += size) parser.write(bytes.subarray(at, at + size));
  parser.end();
  return parser;
}

function textsOf({ keys, bits, size, width }: NetworkColumn): string[] {
  return Array.from({ length: size }, (_, index) => {
    const isIpv4 = width === 1;
    const words = isIpv4 ? Int32Array.of(0, 0, 0xffff, keys[index]!) : keys.slice(index * 4, index * 4 + 4);
    return networkText({ words, bits: bits[index]!, isIpv4 });
  });
}

function found(parser: FeedParser): string[] {
  return [...textsOf(parser.networks.ipv4), ...textsOf(parser.networks.ipv6)];
}

const FEED = `\uFEFF# a feed
192.0.2.7
10.0.0.0/8   # private
\t203.0.113.0/24 ; SBL4711\r
; another kind of comment

2001:db8::/32
::ffff:198.51.100.0/120\r
   \r
2001:db8::7`;

it.each([1, 2, 3, 7, 50, 10_000])('reads addresses, comments and blanks, in %i pieces', (pieces) => {
  const parser = parse(FEED, pieces);
  expect(parser.faults).toEqual([]);
  expect(found(parser)).toEqual([
    '192.0.2.7',
    '10.0.0.0/8',
    '203.0.113.0/24',
    '198.51.100.0/24',
    '2001:db8::/32',
    '2001:db8::7',
  ]);
});

it('is empty for an empty file', () => {
  expect(parse('').networks.size).toBe(0);
  expect(parse('#\n\n').networks.size).toBe(0);
});

it.each([1, 5, 10_000])('says of each broken line what is wrong with it, in %i pieces', (pieces) => {
  const parser = parse(
    '10.0.0.0/8\n10.1.2.3/8\n\nshop.example\n1.2.3.4/33\n2001:db8::1/32 # no\n0.0.0.0/0\n::/0',
    pieces,
  );
  expect(parser.faults).toEqual([
    {
      line: 2,
      message:
        '"10.1.2.3/8" has bits set behind its prefix: write 10.0.0.0/8 for the network, or 10.1.2.3 for the address alone',
    },
    {
      line: 4,
      message:
        '"shop.example" is no address or CIDR block: write for example 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32',
    },
    { line: 5, message: '"1.2.3.4/33" has no valid prefix length: write /0 to /32 after the address' },
    {
      line: 6,
      message:
        '"2001:db8::1/32" has bits set behind its prefix: write 2001:db8::/32 for the network, or 2001:db8::1 for the address alone',
    },
    { line: 7, message: 'blocks every address: write it into `blocklist` if that is meant' },
    { line: 8, message: 'blocks every address: write it into `blocklist` if that is meant' },
  ]);
});

it('tells the first faults, counts all, and repeats no more of a line than fits', () => {
  const parser = parse(`${'x'.repeat(5_000)}\n${'y'.repeat(500)}\n`.repeat(20), 30);
  expect(parser.faultCount).toBe(40);
  expect(parser.faults).toHaveLength(10);
  expect(parser.faults[0]).toEqual({
    line: 1,
    message: 'is longer than 4096 bytes: write one address or CIDR block a line',
  });
  expect(parser.faults[1]!.line).toBe(2);
  expect(parser.faults[1]!.message.length).toBeLessThan(200);
});

it('reads what comes behind a line that is too long', () => {
  const parser = parse(`${'x'.repeat(9_000)}\n192.0.2.7`, 4);
  expect([parser.faultCount, found(parser)]).toEqual([1, ['192.0.2.7']]);
});
