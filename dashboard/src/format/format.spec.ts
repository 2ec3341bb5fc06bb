import { expect, it } from 'vitest';
import { bytes, milliseconds, percent, plural, rate, shortCount } from './numbers';
import { duration, relative } from './times';

it.each([
  [bytes(0), '0 B'],
  [bytes(1023), '1,023 B'],
  [bytes(1536), '1.5 KiB'],
  [bytes(300 * 1024 ** 2), '300 MiB'],
  [milliseconds(0.234), '0.23 ms'],
  [milliseconds(12.34), '12.3 ms'],
  [milliseconds(345.6), '346 ms'],
  [milliseconds(1234), '1.23 s'],
  [milliseconds(Number.NaN), '–'],
  [percent(0), '0 %'],
  [percent(0.00001), '< 0.01 %'],
  [percent(0.99999), '> 99.99 %'],
  [percent(1), '100 %'],
  [percent(0.0123), '1.23 %'],
  [rate(0.25), '0.3'],
  [rate(12_345), '12.3K'],
  [shortCount(9_999), '9,999'],
  [plural(1, 'backend'), '1 backend'],
  [plural(2, 'query', 'queries'), '2 queries'],
  [duration(400), '0 s'],
  [duration(61_000), '1 min 1 s'],
  [duration(7_500_000), '2 h 5 min'],
  [duration(86_400_000), '1 d'],
  [relative(1_000_000, 1_034_000), '34 s ago'],
  [relative(1_300_000, 1_000_000), 'in 5 min'],
  [relative(1_000_500, 1_000_000), 'now'],
])('%s', (shown, expected) => {
  expect(shown).toBe(expected);
});
