import { describe, expect, it } from 'vitest';
import { NO_GLOBALS } from '../../../../common/contract/policies/index.js';
import type { RateLimitSettings } from '../../../../common/contract/index.js';
import type { Exchange } from '../../exchange.js';
import { LimitBook } from './limit.book.js';
import { serviceSnapshot, snapshotOf } from '../../../../../test/support/balancer.fixture.js';
import { rateLimit as limit } from '../../../../../test/support/rate-limits.js';

const exchange = (service: string): Exchange =>
  ({ settings: { name: service }, path: '//a/../b' }) as Partial<Exchange> as Exchange;

function bookOf(own: readonly RateLimitSettings[], global: readonly RateLimitSettings[] = []): LimitBook {
  const services = [
    serviceSnapshot({ name: 'shop', rateLimits: own }),
    serviceSnapshot({ name: 'blog', slot: 1 }),
  ];
  const book = new LimitBook(new Int32Array(3));
  book.use(snapshotOf(services, { globals: { ...NO_GLOBALS, rateLimits: global } }));
  return book;
}

describe('LimitBook', () => {
  it('knows nothing of services without rules', () => {
    const book = bookOf([limit()]);
    expect(book.listOf(exchange('blog'))).toBe(null);
    expect(book.listOf(exchange('shop'))!.rules).toHaveLength(1);
  });

  it('puts rules over all services in front, also where a service has none', () => {
    const book = bookOf([limit({ name: 'own' })], [limit({ name: 'global' })]);
    const names = (service: string) =>
      book.listOf(exchange(service))!.rules.map(({ settings }) => settings.name);
    expect([names('shop'), names('blog')]).toEqual([['global', 'own'], ['global']]);
  });

  it('brings a path to its one form only where a rule looks at it', () => {
    const pathFor = (settings: Partial<RateLimitSettings>) => {
      const list = bookOf([limit(settings)]).listOf(exchange('shop'))!;
      return list.pathOf(exchange('shop'));
    };
    expect([pathFor({}), pathFor({ by: ['header'], header: 'x' }), pathFor({ by: [] })]).toEqual([
      '',
      '',
      '',
    ]);
    expect([pathFor({ path: '/b' }), pathFor({ by: ['endpoint'] })]).toEqual(['/b', '/b']);
  });

  it('says whether any rule is shared', () => {
    expect(bookOf([limit()]).hasShared).toBe(false);
    expect(bookOf([limit({ shared: true })]).hasShared).toBe(true);
    expect(bookOf([], [limit({ shared: true })]).hasShared).toBe(true);
  });
});
