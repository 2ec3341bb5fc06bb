import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { noLongerThan } from './patience.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('waits for the work, and leaves no timer behind', async () => {
  await noLongerThan(1_000, Promise.resolve());
  expect(vi.getTimerCount()).toBe(0);
});

it('goes on without work that takes longer', async () => {
  const over = vi.fn<() => void>();
  void noLongerThan(1_000, new Promise(() => undefined)).then(over);
  await vi.advanceTimersByTimeAsync(999);
  expect(over).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(over).toHaveBeenCalledOnce();
});

it('fails as the work does', async () => {
  await expect(noLongerThan(1_000, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(vi.getTimerCount()).toBe(0);
});
