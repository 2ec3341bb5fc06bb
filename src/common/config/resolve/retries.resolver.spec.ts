import { describe, expect, it } from 'vitest';
import { resolveRetries } from './retries.resolver.js';

describe('resolveRetries', () => {
  it('fills in what nobody says', () => {
    expect(resolveRetries()).toEqual({
      attempts: 2,
      backoffBaseMs: 25,
      backoffMaxMs: 1_000,
      statuses: [],
      perTryMs: 0,
      bodyBytes: 65_536,
      budgetPercent: 20,
      budgetMinPerSecond: 3,
      hedgeAfterMs: 0,
      hedgeAttempts: 0,
    });
  });

  it('inherits key by key, inside of backoff and budget too, and statuses and hedge as a whole', () => {
    const inherited = {
      attempts: 5,
      backoff: { base: '10ms', max: '2s' },
      budget: { share: '50%', minPerSecond: 0 },
      statuses: [503, 502],
      hedge: { after: '1s', attempts: 3 },
    };
    const own = { backoff: { max: '3s' }, budget: { share: '0.5%' }, hedge: { after: '200ms' } };
    expect(resolveRetries(own, inherited)).toMatchObject({
      attempts: 5,
      backoffBaseMs: 10,
      backoffMaxMs: 3_000,
      budgetPercent: 0.5,
      budgetMinPerSecond: 0,
      statuses: [502, 503],
      hedgeAfterMs: 200,
      hedgeAttempts: 1,
    });
  });

  it('lets a service switch off what it inherits', () => {
    const inherited = { statuses: [503], hedge: { after: '1s' }, perTry: '2s', body: '1MiB' };
    const own = { statuses: [], hedge: 'off' as const, perTry: 'off', body: '0B' };
    expect(resolveRetries(own, inherited)).toMatchObject({
      statuses: [],
      hedgeAfterMs: 0,
      hedgeAttempts: 0,
      perTryMs: 0,
      bodyBytes: 0,
    });
  });
});
