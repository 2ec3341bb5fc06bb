import { expect, it } from 'vitest';
import { type Comparison, ComparisonReader, type RoundReading } from '../../bench/support/comparison.js';
import { goalTable } from '../../bench/support/goals.js';
import { median, percentile } from '../../bench/support/statistics.js';

/** One second of 10,000 requests. */
function round(cpu: {
  readonly cpuUs: number;
  readonly mainUs?: number;
  readonly othersUs?: number;
}): RoundReading {
  const load = {
    requests: 10_000,
    durationUs: 1e6,
    requestsPerSecond: 10_000,
    mainUs: 0,
    othersUs: 0,
    busy: 1,
    foreign: 0,
    residentBytes: 1,
    closedLoopUs: { p50: 1, p99: 1, p999: 1 },
    isSettled: true,
    ...cpu,
  };
  return { load, half: null, common: null };
}

function comparisonOf(rounds: Readonly<Record<string, readonly RoundReading[]>>): Comparison {
  const contenders = Object.entries(rounds).map(([name, readings]) => ({
    name,
    title: name,
    maximum: 1,
    recordsLost: null,
    rounds: readings,
  }));
  return {
    connections: { load: 64, latency: 125 },
    direct: { requestsPerSecond: 1, latencyUs: { p50: 1, p99: 1, p999: 1 } },
    contenders,
    skipped: [],
  };
}

const COMPARISON = comparisonOf({
  velocity: [
    round({ cpuUs: 50, mainUs: 30, othersUs: 20 }),
    round({ cpuUs: 90, mainUs: 60, othersUs: 30 }),
    round({ cpuUs: 52, mainUs: 30, othersUs: 22 }),
  ],
  haproxy: [round({ cpuUs: 20 }), round({ cpuUs: 60 }), round({ cpuUs: 22 })],
  'velocity-held': [21, 32, 23].map((cpuUs) => round({ cpuUs })),
});

it('leaves out what only the writing of records takes', () => {
  const reader = new ComparisonReader(COMPARISON);
  const velocity = reader.find('velocity')!;
  expect([0, 1, 2].map((at) => reader.countedCpuUs(velocity, at))).toEqual([21, 32, 23]);
  const haproxy = reader.find('haproxy')!;
  expect(reader.countedCpuUs(haproxy, 1)).toBe(60);
});

it('takes the ratio within a round, then the median', () => {
  const ratios = new ComparisonReader(COMPARISON).ratios('velocity')!;
  expect(ratios.cpu).toBeCloseTo(23 / 22, 10);
  expect(ratios.halfP99).toBeNaN();
  expect(new ComparisonReader(COMPARISON).ratios('caddy')).toBeNull();
});

it('says of each goal whether it holds, and of none that it does without a measurement', () => {
  const { rows } = goalTable({ comparison: COMPARISON, curves: null, memory: null });
  expect(rows[0]).toEqual([
    'CPU per request ÷ HAProxy, log to standard output',
    '1.00',
    '0.80',
    '1.05',
    'missed',
  ]);
  expect(rows.filter((row) => row[4] === 'not measured').length).toBe(rows.length - 3);
});

it('knows middle and rank', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNaN();
  expect(percentile([1, 2, 3, 4], 0.5)).toBe(2);
  expect(percentile([1, 2, 3, 4], 0.99)).toBe(4);
});
