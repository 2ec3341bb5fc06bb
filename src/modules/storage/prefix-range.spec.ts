import { expect, it } from 'vitest';
import { afterPrefix } from './prefix-range.js';

it.each([
  ['/a', '/b'],
  ['/%_', '/%`'],
  ['/\ud7ff', '/\ue000'],
  ['/\u{10ffff}', '0'],
  ['\u{10ffff}', null],
  ['', null],
  ['/\ud800', '/\ufffe'],
])('after all that starts with %j comes %j', (prefix, after) => {
  expect(afterPrefix(prefix)).toBe(after);
});

it('splits strings, in byte order, exactly at the prefix', () => {
  const letters = [
    '',
    '\0',
    '/',
    'a',
    'b',
    'z\u007f',
    '\u0080',
    '\ud7ff',
    '\ue000',
    '\uffff',
    '😀',
    '\u{10ffff}',
  ];
  const strings = letters.flatMap((first) =>
    letters.flatMap((second) => letters.map((third) => first + second + third)),
  );
  const bytes = (text: string) => Buffer.from(text, 'utf8');
  for (const prefix of letters.flatMap((first) => letters.map((second) => first + second))) {
    const end = afterPrefix(prefix);
    const inRange = (text: string) =>
      Buffer.compare(bytes(text), bytes(prefix)) >= 0 &&
      (end === null || Buffer.compare(bytes(text), bytes(end)) < 0);
    const wrong = strings.filter((text) => inRange(text) !== text.startsWith(prefix));
    expect({ prefix, wrong }).toEqual({ prefix, wrong: [] });
  }
});
