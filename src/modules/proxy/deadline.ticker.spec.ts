import { describe, expect, it } from 'vitest';
import { DeadlineTicker, type Timed } from './deadline.ticker.js';

function timed(ticker: DeadlineTicker, inMs: number): Timed & { readonly met: Promise<number> } {
  const { promise, resolve } = Promise.withResolvers<number>();
  const item = {
    deadlineMs: Infinity,
    met: promise,
    onDeadline: (nowMs: number) => {
      ticker.remove(item);
      resolve(nowMs);
    },
  };
  ticker.add(item);
  item.deadlineMs = ticker.nowMs + inMs;
  return item;
}

describe('DeadlineTicker', () => {
  it('meets deadlines in their order, never early, and those that move on later', async () => {
    const ticker = new DeadlineTicker(5);
    const late = timed(ticker, 60);
    const early = timed(ticker, 20);
    const moved = timed(ticker, 10);
    const { deadlineMs } = moved;
    moved.deadlineMs += 40;
    expect(await early.met).toBeGreaterThanOrEqual(early.deadlineMs);
    expect(await moved.met).toBeGreaterThanOrEqual(deadlineMs + 40);
    expect(await late.met).toBeGreaterThanOrEqual(late.deadlineMs);
    ticker.close();
  });

  it('starts again after it had nothing to watch', async () => {
    const ticker = new DeadlineTicker(2);
    await timed(ticker, 5).met;
    const second = timed(ticker, 20);
    expect(await second.met).toBeGreaterThanOrEqual(second.deadlineMs);
    ticker.close();
  });
});
