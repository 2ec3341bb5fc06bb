import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ago, bytes, duration, microseconds, percent, rate } from './amounts.js';
import { PLAIN } from './painter.js';
import { tableLines } from './table.js';
import { Terminal } from './terminal.js';
import { cutTo, visible, widthOf } from './visible-text.js';

/** A terminal on which somebody types. */
function terminalWith({ isTTY = true, json = false, color = true, env = {} } = {}) {
  const stream = () => Object.assign(new PassThrough(), { isTTY, columns: 80 });
  const streams = { env, stdin: stream(), stdout: stream(), stderr: stream() };
  return { ...streams, terminal: new Terminal(streams, { json, color }) };
}

describe('a table', () => {
  const columns = [
    { title: 'NAME', value: (row: string[]) => row[0]!, shrinksTo: 6 },
    { title: 'N', value: (row: string[]) => row[1]!, align: 'right' as const },
  ];

  it('is aligned, numbers to the right, whatever takes how many columns', () => {
    const rows = [
      ['shop', '7'],
      ['店舗', '1,234'],
      ['a\u0301', '10'],
    ];
    expect(tableLines(columns, rows, { paint: PLAIN, width: 0 })).toEqual([
      'NAME      N',
      'shop      7',
      '店舗  1,234',
      'a\u0301        10',
    ]);
  });

  it('gives way to a narrow terminal as far as it may', () => {
    const rows = [['abcdefghijkl', '1']];
    expect(tableLines(columns, rows, { paint: PLAIN, width: 11 })[1]).toBe('abcdefg…  1');
    expect(tableLines(columns, rows, { paint: PLAIN, width: 3 })[1]).toBe('abcde…  1');
  });

  it('obeys no control character of what it shows', () => {
    const rows = [['\u001b[2Jx\u009b1m\u202ey', '1']];
    expect(tableLines(columns, rows, { paint: PLAIN, width: 0 })[1]).toBe('\\u001b[2Jx\\u009b1m\\u202ey  1');
  });
});

it('texts are cut and measured in columns', () => {
  expect(widthOf('日本a')).toBe(5);
  expect(cutTo('日本語', 4)).toBe('日…');
  expect(cutTo('abc', 3)).toBe('abc');
  expect(visible('tab\there')).toBe('tab\\u0009here');
});

it('amounts carry their unit', () => {
  expect([812, 3_250, 250_000, 1_250_000, 125_000_000].map(microseconds)).toEqual([
    '812 µs',
    '3.3 ms',
    '250 ms',
    '1.25 s',
    '2 min 5 s',
  ]);
  expect([45_000, 125_000, 7_200_000, 100 * 3_600_000].map(duration)).toEqual([
    '45 s',
    '2 min 5 s',
    '2 h',
    '4 d 4 h',
  ]);
  expect([0, 0.00001, 0.0005, 0.125, 1].map(percent)).toEqual([
    '0 %',
    '<0.01 %',
    '0.05 %',
    '12.5 %',
    '100 %',
  ]);
  expect([812, 1_536, 5 * 1_024 ** 3].map(bytes)).toEqual(['812 B', '1.5 KiB', '5.0 GiB']);
  expect([0, 0.4, 12.3, 1_234.5].map(rate)).toEqual(['0', '0.4', '12', '1,235']);
  expect([0, 12_000, 3 * 86_400_000].map((passed) => ago(0, passed))).toEqual([
    'just now',
    '12 s ago',
    '3 d ago',
  ]);
});

describe('a terminal', () => {
  it.each([
    ['y', true],
    ['YES', true],
    ['n', false],
    ['', false],
  ])('takes the answer %j for %s', async (answer, expected) => {
    const { terminal, stdin } = terminalWith();
    const asked = terminal.confirm('Apply?');
    stdin.write(`${answer}\n`);
    expect(await asked).toBe(expected);
  });

  it('takes the end of input for a no', async () => {
    const { terminal, stdin } = terminalWith();
    const asked = terminal.confirm('Apply?');
    stdin.end();
    expect(await asked).toBe(false);
  });

  it('has colours only where they are wanted and seen', () => {
    const coloured = (options: Parameters<typeof terminalWith>[0]) =>
      terminalWith(options).terminal.paint('red', 'x') !== 'x';
    expect(coloured({})).toBe(true);
    expect(coloured({ isTTY: false })).toBe(false);
    expect(coloured({ color: false })).toBe(false);
    expect(coloured({ env: { NO_COLOR: '1' } })).toBe(false);
    expect(coloured({ env: { TERM: 'dumb' } })).toBe(false);
  });

  it('prints JSON that no terminal obeys', () => {
    const { terminal, stdout } = terminalWith();
    terminal.printJsonLine({ path: '/\u009b2J\u007f' });
    const text = String(stdout.read());
    expect(text).toBe('{"path":"/\\u009b2J\\u007f"}\n');
    expect(JSON.parse(text)).toEqual({ path: '/\u009b2J\u007f' });
  });
});
