import { describe, expect, it } from 'vitest';
import { parseBackendUrl } from './backend-origin.js';
import { durationProblem, formatDuration, parseDuration } from './duration.js';
import { listenHostProblem, routeHostProblem } from './host-name.js';
import { networkProblem } from './network-address.js';
import { pathPrefixProblem } from './path-prefix.js';
import { quoted } from './quoted.js';
import { formatSize, parseSize } from './size.js';
import { parseStatusRanges } from './status-ranges.js';

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['5s', 5_000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
    ['30d', 2_592_000_000],
    ['0s', 0],
    ['off', 0],
  ])('%s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '5', '5 s', 's', '-5s', '5S', '1e3s', '5s ', '1m30s', '5.s', '٥s', 5, null])(
    '%j is none',
    (text) => expect(parseDuration(text)).toBeNull(),
  );

  it.each([0, 1, 999, 1_000, 1_500, 60_000, 90_000, 3_600_000, 86_400_000, 86_400_001])(
    '%i ms is written and read',
    (ms) => expect(parseDuration(formatDuration(ms))).toBe(ms),
  );

  it('are held to their bounds, both included', () => {
    const limits = { min: 100, max: 1_000 };
    expect(['100ms', '1s'].map((text) => durationProblem(text, limits))).toEqual([null, null]);
    expect(durationProblem('99ms', limits)).toBe('99ms is out of range: write a duration from 100ms to 1s');
    expect(durationProblem('1001ms', limits)).toContain('out of range');
  });
});

describe('sizes', () => {
  it.each([
    ['16KiB', 16_384],
    ['1MB', 1_000_000],
    ['1.5kB', 1_500],
    ['100B', 100],
    ['2 MiB', 2_097_152],
  ])('%s is %i bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each(['', '16', '16K', '16kib', '-1B', 16, null])('%j is none', (text) =>
    expect(parseSize(text)).toBeNull(),
  );

  it.each([1, 1_000, 1_024, 16_384, 1_048_576])('%i bytes are written and read', (bytes) =>
    expect(parseSize(formatSize(bytes))).toBe(bytes),
  );
});

describe('URLs of backends', () => {
  it.each([
    ['http://a.test:8080', 'http://a.test:8080', 'a.test', 8080, false],
    ['HTTPS://A.Test/', 'https://a.test:443', 'a.test', 443, true],
    ['http://127.0.0.1', 'http://127.0.0.1:80', '127.0.0.1', 80, false],
    ['http://[2001:DB8:0:0::1]:81', 'http://[2001:db8::1]:81', '2001:db8::1', 81, false],
    ['http://app_1:3000', 'http://app_1:3000', 'app_1', 3000, false],
    ['http://a.test:08080', 'http://a.test:8080', 'a.test', 8080, false],
  ])('%s is %s', (text, url, host, port, secure) => {
    const result = parseBackendUrl(text);
    expect(result.ok && result.origin).toMatchObject({ url, host, port, secure });
  });

  it.each([
    '//a.test:80',
    'http:a.test:80',
    'http:/a.test',
    'http:\\\\a.test',
    'http://a.test:80\\b',
    'http://[::1',
    'http://[fe80::1%25eth0]:80',
    'http://a..test',
    'http://.test',
    'http://a.test.',
    'http://1',
    'http://127.1',
    'http://0177.0.0.1',
    'http://bücher.test',
    'http://a%2Ftest',
    'http://a.test:+80',
    'http://a.test:1e3',
    'http://a.test:65536',
    'http://a,b:80',
    'http://\u0000:80',
    `http://${'a'.repeat(100_000)}:80:80`,
  ])('%j is refused', (text) => {
    const result = parseBackendUrl(text);
    expect(result.ok).toBe(false);
    expect(!result.ok && result.problem.length).toBeLessThan(250);
  });
});

describe('names and addresses', () => {
  it.each([
    'a',
    'a.test',
    '*.a.test',
    '127.0.0.1',
    '[::1]',
    'xn--bcher-kva.example',
    'a_b.test',
    `${'a'.repeat(63)}.test`,
  ])('%s is a host', (host) => expect(routeHostProblem(host)).toBeNull());

  it.each([
    '',
    '.',
    '*',
    '*.',
    '*.*',
    'a*.test',
    '-a.test',
    'a-.test',
    '::1',
    '[a]',
    'a.test.',
    'a..b',
    'a@b',
    `${'a'.repeat(64)}.test`,
    'a.'.repeat(150),
  ])('%j is no host', (host) => expect(routeHostProblem(host)).not.toBeNull());

  it.each(['0.0.0.0', '::', '::1', 'localhost'])('%s can be listened on', (host) =>
    expect(listenHostProblem(host)).toBeNull(),
  );

  it.each(['10.0.0.0/8', '192.0.2.7', '0.0.0.0/0', '2001:db8::/32', '::1', '::ffff:10.0.0.1/128'])(
    '%s is a network',
    (text) => expect(networkProblem(text)).toBeNull(),
  );

  it.each([
    '',
    '10',
    '10.1',
    '010.0.0.1',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/08x',
    '::/129',
    'fe80::1%eth0',
    '1.2.3.4.5',
  ])('%j is no network', (text) => expect(networkProblem(text)).not.toBeNull());

  it.each(['/', '/a', '/a/b/', '/%2F', '/~a', '/a;b=c', '/a//b'])('%s is a path', (path) =>
    expect(pathPrefixProblem(path)).toBeNull(),
  );

  it.each(['', 'a', '/a b', '/a?b', '/a#b', '/\n', '/\ud800', '/ü'])('%j is no path', (path) =>
    expect(pathPrefixProblem(path)).not.toBeNull(),
  );
});

describe('statuses', () => {
  it.each([
    [200, [[200, 200]]],
    ['200-399', [[200, 399]]],
    [
      '200, 204, 300-399',
      [
        [200, 200],
        [204, 204],
        [300, 399],
      ],
    ],
    [
      [200, '300-399'],
      [
        [200, 200],
        [300, 399],
      ],
    ],
  ])('%j are %j', (input, ranges) =>
    expect(parseStatusRanges(input)?.map(({ from, to }) => [from, to])).toEqual(ranges),
  );

  it.each([[], '', 99, 600, '2xx', '399-200', '200-', [200, 'x'], [[200]], null, 200.5])(
    '%j are none',
    (input) => expect(parseStatusRanges(input)).toBeNull(),
  );
});

describe('what messages repeat', () => {
  it('is bounded, and cannot break a line', () => {
    expect(quoted('a\r\nb\u001b[31m')).toBe(String.raw`"a\r\nb\u001b[31m"`);
    expect(quoted('x'.repeat(10_000))).toHaveLength(83);
  });
});
