import { expect, it } from 'vitest';
import { parseStat } from './procfs.processes.js';

const REST =
  '1 400 400 0 -1 4194304 100 0 0 0 7 3 20 12 20 0 1 0 98765 1000 200 18446744073709551615 0 0 0 0 0 0 0';

it('reads the line of a process, whatever its name is', () => {
  const stat = { group: 400, cpuTicks: 42, start: '98765' };
  expect(parseStat(`7 (node) S ${REST}\n`)).toEqual(stat);
  expect(parseStat(`7 (a) b (c) R) R ${REST}\n`)).toEqual(stat);
});

it('takes a zombie, a half line and nothing for gone', () => {
  expect(parseStat(`7 (node) Z ${REST}\n`)).toBe(null);
  expect(parseStat(`7 (node) X ${REST}\n`)).toBe(null);
  expect(parseStat('7 (node) S 1 400')).toBe(null);
  expect(parseStat('')).toBe(null);
});
