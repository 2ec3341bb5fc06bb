import { performance } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import { WorkPacer } from './work.pacer.js';

function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Time that the rest took, and how much of it the thread was idle. */
async function rested(pacer: WorkPacer, isHurried: boolean): Promise<{ idle: number; active: number }> {
  const before = performance.eventLoopUtilization();
  await pacer.rest(isHurried);
  const { idle, active } = performance.eventLoopUtilization(before);
  return { idle, active };
}

it('rests three times as long as it worked for a share of a quarter', async () => {
  const pacer = new WorkPacer(0.25);
  work(30);
  const { idle } = await rested(pacer, false);
  expect(idle).toBeGreaterThan(80);
});

it('owes rest for what the thread did while it rested', async () => {
  const pacer = new WorkPacer(0.5);
  work(20);
  const others = setInterval(() => work(1), 10);
  const { idle, active } = await rested(pacer, false);
  clearInterval(others);
  expect(idle).toBeGreaterThan(active);
});

it('goes on after a second where others work all the time', async () => {
  const pacer = new WorkPacer(0.5);
  work(20);
  const others = setInterval(() => work(20), 1);
  const { idle, active } = await rested(pacer, false);
  clearInterval(others);
  expect(active).toBeGreaterThan(idle);
});

it('hardly rests when it is hurried, and not at all for little work', async () => {
  const pacer = new WorkPacer(0.1);
  expect((await rested(pacer, false)).idle).toBeLessThan(90);
  work(20);
  expect((await rested(pacer, true)).idle).toBeLessThan(90);
});
