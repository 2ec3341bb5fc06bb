import { describe, expect, it } from 'vitest';
import type { HealthLogRecord } from '../../api/types';
import { lanesOf, sharesOf } from './lanes';

const BACKEND = { service: 'shop', backend: 'b1', url: 'http://10.0.0.1' };
const RANGE = { from: 1_000, to: 11_000 };

function record(time: number, more: Partial<HealthLogRecord>): HealthLogRecord {
  return {
    id: String(time),
    time,
    kind: 'change',
    ...BACKEND,
    passed: true,
    health: 'healthy',
    previous: 'healthy',
    status: 0,
    durationUs: 0,
    error: '',
    ...more,
  };
}
const down = (time: number) => record(time, { passed: false, health: 'unhealthy', previous: 'healthy' });
const up = (time: number) => record(time, { health: 'healthy', previous: 'unhealthy' });

describe('the lane of a backend', () => {
  it('is what it was before its first change, then what it became, up to now', () => {
    const [lane] = lanesOf([{ ...BACKEND, now: 'healthy' }], [up(8_000), down(3_000)], RANGE);
    expect(lane!.stretches).toEqual([
      { state: 'healthy', from: 1_000, to: 3_000 },
      { state: 'unhealthy', from: 3_000, to: 8_000 },
      { state: 'healthy', from: 8_000, to: 11_000 },
    ]);
    expect(Object.fromEntries(sharesOf(lane!))).toEqual({ healthy: 5_000, unhealthy: 5_000 });
  });

  it('is as it is now where nothing is recorded', () => {
    const [lane] = lanesOf([{ ...BACKEND, now: 'ejected' }], [], RANGE);
    expect(lane!.stretches).toEqual([{ state: 'ejected', from: 1_000, to: 11_000 }]);
  });

  it('shows an ejection and an open breaker of a healthy backend', () => {
    const records = [
      record(2_000, { kind: 'ejection', passed: false }),
      record(4_000, { kind: 'ejection' }),
      record(5_000, { kind: 'breaker', passed: false }),
      record(6_000, { kind: 'breaker' }),
    ];
    const [lane] = lanesOf([], records, RANGE);
    expect(lane!.stretches.map(({ state }) => state)).toEqual([
      'healthy',
      'ejected',
      'healthy',
      'breaker',
      'healthy',
    ]);
  });

  it('is marked when it changes again and again within minutes', () => {
    const often = [down(2_000), up(3_000), down(4_000), up(5_000)];
    const seldom = [down(0), up(300_000), down(600_000), up(900_000)];
    expect(lanesOf([], often, RANGE)[0]!.isFlapping).toBe(true);
    expect(lanesOf([], seldom, { from: 0, to: 1_000_000 })[0]!.isFlapping).toBe(false);
  });
});
