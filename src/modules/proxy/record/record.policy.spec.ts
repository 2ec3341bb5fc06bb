import { describe, expect, it } from 'vitest';
import { type AccessLogPolicy, FULL_ACCESS_LOG } from '../../../common/contract/policies/index.js';
import type { Exchange } from '../exchange.js';
import { RecordPolicy } from './record.policy.js';

function exchange(fields: Partial<Exchange> = {}): Exchange {
  return { status: 200, dropReason: null, attempts: [{}], ...fields } as Exchange;
}

function policy(settings: Partial<AccessLogPolicy>): RecordPolicy {
  return new RecordPolicy({ ...FULL_ACCESS_LOG, ...settings });
}

function keeps(settings: Partial<AccessLogPolicy>, fields: Partial<Exchange>, totalUs = 500): boolean {
  return policy({ sample: 0, ...settings }).formOf(exchange(fields), totalUs).isRecorded;
}

function chosen(sample: number, count: number): boolean[] {
  const rule = policy({ sample });
  return Array.from({ length: count }, () => rule.formOf(exchange(), 1).isRecorded);
}

describe('the sample', () => {
  it.each([0, 0.00001, 0.001, 0.1, 0.25, 1 / 3, 0.5, 0.9, 0.999, 1])(
    'is exact for a share of %d',
    (share) => {
      for (const count of [10, 1_000, 100_000]) {
        const taken = chosen(share, count).filter(Boolean).length;
        expect(Math.abs(taken - share * count)).toBeLessThan(4);
      }
    },
  );

  it.each([2, 3, 7, 10, 16])('is the same share of every %d-th exchange', (period) => {
    const all = chosen(0.1, 100_000);
    for (let phase = 0; phase < period; phase++) {
      const own = all.filter((_, index) => index % period === phase);
      expect(own.filter(Boolean).length / own.length).toBeCloseTo(0.1, 2);
    }
  });
});

describe('what is recorded always', () => {
  it('is errors, drops and what is slow, unless the policy says otherwise', () => {
    const always = FULL_ACCESS_LOG.always;
    expect(keeps({ always }, { status: 500 })).toBe(true);
    expect(keeps({ always }, { status: 404 })).toBe(false);
    expect(keeps({ always }, { status: 429, dropReason: 'rate_limited' })).toBe(true);
    expect(keeps({ always }, {}, 1_000_000)).toBe(true);
    expect(keeps({ always }, {}, 999_999)).toBe(false);
    expect(keeps({ always }, { attempts: [{}, {}] as unknown as Exchange['attempts'] })).toBe(false);
  });

  it('is each for itself', () => {
    const retried = { attempts: [{}, {}] as unknown as Exchange['attempts'] };
    expect(keeps({ always: ['retries'] }, retried)).toBe(true);
    expect(keeps({ always: ['retries'] }, { status: 503 })).toBe(false);
    expect(keeps({ always: ['errors'] }, { status: 503, dropReason: 'no_backend' })).toBe(false);
    expect(keeps({ always: ['drops'] }, { status: 503, dropReason: 'no_backend' })).toBe(true);
    expect(keeps({ always: ['slow'], slowMs: 20 }, {}, 20_000)).toBe(true);
    expect(keeps({ always: ['slow'], slowMs: 20 }, { status: 101 }, 9e9)).toBe(false);
    expect(keeps({ always: [] }, { status: 503, dropReason: 'no_backend' }, 9e9)).toBe(false);
  });
});
