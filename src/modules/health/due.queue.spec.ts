import { expect, it } from 'vitest';
import { type Due, DueQueue } from './due.queue.js';

/** Deterministic, so that a failure can be repeated. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) / 0x80000000;
}

it('gives the earliest first, whatever was added and removed in between', () => {
  const random = sequence(42);
  const queue = new DueQueue<Due>();
  const inside: Due[] = [];
  const taken: (number | undefined)[] = [];
  const earliest: (number | undefined)[] = [];
  for (let step = 0; step < 5_000; step++) {
    const choice = random();
    if (choice < 0.5) {
      const item = { dueMs: Math.floor(random() * 1_000), position: -1 };
      queue.add(item);
      inside.push(item);
    } else if (choice < 0.75) {
      earliest.push(inside.length === 0 ? undefined : Math.min(...inside.map(({ dueMs }) => dueMs)));
      const item = queue.take();
      taken.push(item?.dueMs);
      if (item) inside.splice(inside.indexOf(item), 1);
    } else if (inside.length > 0) {
      queue.remove(inside.splice(Math.floor(random() * inside.length), 1)[0]!);
    }
  }
  expect(taken).toEqual(earliest);
  expect(queue.size).toBe(inside.length);
  expect(queue.size).toBeGreaterThan(10);
  const rest = Array.from({ length: queue.size }, () => queue.take()!.dueMs);
  expect(rest).toEqual(inside.map(({ dueMs }) => dueMs).sort((a, b) => a - b));
});

it('takes no notice of removing what is not queued', () => {
  const queue = new DueQueue<Due>();
  const item = { dueMs: 1, position: -1 };
  queue.remove(item);
  queue.add(item);
  queue.remove(item);
  queue.remove(item);
  expect([queue.size, queue.peek(), item.position]).toEqual([0, undefined, -1]);
});
