import { expect, it } from 'vitest';
import { Backoff } from '../../common/backoff.js';
import { RetryTimer } from './retry-timer.js';

/** A backoff that keeps book of the pauses it gave, each the longest that it may give, in milliseconds. */
class BookedBackoff extends Backoff {
  readonly pauses: number[] = [];

  constructor() {
    super({ baseMs: 2, maxMs: 8, random: () => 1 });
  }

  override next(): number {
    this.pauses.push(super.next());
    return this.pauses.at(-1)!;
  }
}

it('waits longer each time it is scheduled again, once however often it is asked, and anew after a stop', async () => {
  const backoff = new BookedBackoff();
  const done = Promise.withResolvers<void>();
  let calls = 0;
  const timer = new RetryTimer(() => {
    if (++calls === 4) return done.resolve();
    timer.schedule();
    timer.schedule();
  }, backoff);
  timer.schedule();
  // The timer does not keep a process alive; this does.
  const alive = setTimeout(() => done.reject(new Error(`called ${calls} times`)), 10_000);
  await done.promise;
  clearTimeout(alive);
  expect(backoff.pauses).toEqual([2, 4, 8, 8]);
  timer.stop();
  timer.schedule();
  timer.stop();
  expect(backoff.pauses.at(-1)).toBe(2);
  expect(calls).toBe(4);
});
