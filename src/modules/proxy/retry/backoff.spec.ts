import { describe, expect, it } from 'vitest';
import { NO_RETRIES } from '../../../common/contract/index.js';
import { backoffMs } from './backoff.js';

const SETTINGS = { ...NO_RETRIES, backoffBaseMs: 25, backoffMaxMs: 1_000 };

describe('backoffMs', () => {
  it('doubles its bound from the base up to the maximum', () => {
    const bounds = [0, 1, 2, 5, 6, 10, 5_000].map((retries) => backoffMs(SETTINGS, retries, 1));
    expect(bounds).toEqual([25, 50, 100, 800, 1_000, 1_000, 1_000]);
  });

  it('draws from all of it, from no pause at all on', () => {
    expect([0, 0.5].map((random) => backoffMs(SETTINGS, 1, random))).toEqual([0, 25]);
  });
});
