import { describe, expect, it } from 'vitest';
import { pseudonymOf } from './pseudonym.js';

describe('pseudonymOf', () => {
  it('is the same for one registry, another for another, and a token (RFC 9110 section 7.6.3)', () => {
    const one = pseudonymOf({ via: 'velocity', affinitySecret: 'aa'.repeat(16) });
    expect(pseudonymOf({ via: 'velocity', affinitySecret: 'aa'.repeat(16) })).toBe(one);
    expect(pseudonymOf({ via: 'velocity', affinitySecret: 'ab'.repeat(16) })).not.toBe(one);
    expect(one).toMatch(/^velocity-[0-9a-f]{8}$/);
  });
});
