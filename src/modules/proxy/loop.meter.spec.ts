import { expect, it } from 'vitest';
import { LATENCY_BUCKETS, LoopCell, SharedMemory, latencyBucket } from '../../common/contract/index.js';
import { LoopMeter } from './loop.meter.js';

it('counts how late the loop comes, and what it has run since the last look', () => {
  const { traffic } = new SharedMemory({ workers: 1, backendCapacity: 1, serviceCapacity: 1 }).workers[0]!;
  let nowMs = 1_000;
  const meter = new LoopMeter(traffic, () => nowMs);
  meter.start();
  meter.stop();
  for (const late of [0, 40, 2_500, 0.3]) {
    nowMs += 100 + late;
    meter.sample();
  }
  const counted = Array.from({ length: LATENCY_BUCKETS }, (_, bucket) => bucket).filter(
    (bucket) => traffic.loopDelays[bucket] !== 0,
  );
  expect(counted).toEqual([0, 300, 40_000, 2_500_000].map(latencyBucket));
  expect(traffic.loop[LoopCell.delayUs]).toBe(2_540_300);
  const spent = traffic.loop[LoopCell.activeUs]! + traffic.loop[LoopCell.idleUs]!;
  expect(spent).toBeGreaterThan(0);
  // Sums of differences: looking twice counts nothing twice.
  const { active, idle } = performance.eventLoopUtilization();
  expect(spent).toBeLessThanOrEqual((active + idle) * 1_000 + 1);
});
