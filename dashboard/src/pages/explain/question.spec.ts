import { describe, expect, it } from 'vitest';
import { queryOf, questionIn } from './question';

describe('a question', () => {
  it('is the same after it was an address', () => {
    const question = {
      method: 'POST',
      host: 'shop.test',
      path: '/cart?id=7&x=%20',
      ip: '2001:db8::1',
      headers: ['X-Tenant: acme & sons', 'Cookie: a=b; c=d'],
    };
    expect(questionIn(`?${queryOf(question)}`)).toEqual(question);
  });

  it('is GET / when nothing is said, and leaves out empty headers', () => {
    expect(questionIn('')).toEqual({ method: 'GET', host: '', path: '/', ip: '', headers: [] });
    expect(queryOf({ ...questionIn('?ip=192.0.2.7'), headers: [' '] })).toBe(
      'method=GET&path=%2F&ip=192.0.2.7',
    );
  });
});
