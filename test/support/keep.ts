import { onTestFinished } from 'vitest';

/** Closes it after the running test; what was made last is closed first. */
export function keep<T extends { close(): Promise<void> }>(one: T): T {
  onTestFinished(() => one.close());
  return one;
}
