import { expect, it } from 'vitest';
import { type CpuProfile, summarize } from '../../bench/support/cpu-profile.js';

function node(id: number, functionName: string, url = '') {
  return { id, callFrame: { functionName, url, lineNumber: 9 } };
}

const PROFILE: CpuProfile = {
  nodes: [
    node(1, '(idle)'),
    node(2, '(garbage collector)'),
    node(3, 'serve', 'file:///build/modules/proxy/lane.js'),
    node(4, 'serve', 'file:///build/modules/proxy/lane.js'),
    node(5, 'emit', 'node:events'),
    node(6, 'toString'),
    node(7, 'post', 'node:inspector'),
    node(8, 'proxy', 'file:///elsewhere/node_modules/httpxy/index.mjs'),
  ],
  samples: [1, 2, 3, 4, 5, 6, 7, 8, 3],
  timeDeltas: [100, 10, 20, 5, 7, 3, 1_000, 2, 20],
};

it('sums up self time by function, file and kind, without the profiler’s own', () => {
  const summary = summarize(PROFILE, '/build');
  expect(summary.totalUs).toBe(167);
  expect(summary.idleUs).toBe(100);
  expect(summary.functions[0]).toEqual({ name: 'serve  modules/proxy/lane.js:10', us: 45 });
  expect(summary.files.map(({ name }) => name)).toEqual([
    'modules/proxy/lane.js',
    'node:events',
    'node_modules/httpxy/index.mjs',
  ]);
  expect(Object.fromEntries(summary.kinds.map(({ name, us }) => [name, us]))).toEqual({
    'JavaScript of Velocity': 45,
    'garbage collection': 10,
    'JavaScript of Node': 7,
    'native functions called by name (writes, reads)': 3,
    'JavaScript of packages': 2,
  });
});
