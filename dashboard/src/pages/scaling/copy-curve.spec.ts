import { describe, expect, it } from 'vitest';
import type { ScalingLogRecord } from '../../api/types';
import { copyCurve } from './copy-curve';

function record(time: number, current: number, desired: number | null, id = String(time)): ScalingLogRecord {
  return {
    id,
    time,
    service: 'shop',
    kind: desired === null ? 'found' : 'decision',
    current,
    desired,
    backend: null,
    instance: '',
    metric: null,
    metrics: {},
    limits: [],
    reason: '',
  };
}

const RANGE = { from: 10_000, to: 20_000 };

describe('the curve of copies', () => {
  it('is what it was before, each change, and what is so now', () => {
    const records = [record(15_000, 4, 4), record(12_000, 1, 4)];
    const earlier = [record(5_000, 1, 1), record(4_000, 3, 3)];
    expect(copyCurve({ ...RANGE, records, earlier, now: { current: 5, desired: 6 } })).toEqual([
      [10, 12, 15, 20],
      [1, 1, 4, 5],
      [1, 4, 4, 6],
    ]);
  });

  it('begins with the first thing that is known, and holds the last one where nothing is known now', () => {
    const records = [record(12_000, 1, 2)];
    expect(copyCurve({ ...RANGE, records, earlier: [], now: null })).toEqual([
      [12, 20],
      [1, 1],
      [2, 2],
    ]);
  });

  it('says nothing of what discovery found', () => {
    const records = [record(12_000, 500, null)];
    const earlier = [record(9_000, 400, null), record(8_000, 2, 2)];
    expect(copyCurve({ ...RANGE, records, earlier, now: null })).toEqual([
      [10, 20],
      [2, 2],
      [2, 2],
    ]);
    expect(copyCurve({ ...RANGE, records, earlier: [], now: null })).toEqual([[], [], []]);
  });

  it('has each time once, and none after its end out of order', () => {
    const records = [record(12_000, 2, 2, 'b'), record(20_400, 2, 2), record(12_000, 1, 2, 'a')];
    expect(copyCurve({ ...RANGE, records, earlier: [], now: { current: 2, desired: 3 } })).toEqual([
      [12, 20.4],
      [2, 2],
      [2, 3],
    ]);
  });
});
