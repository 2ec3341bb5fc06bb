import { describe, expect, it } from 'vitest';
import { joinedPages } from './joined-pages';

const page = (text: string, next: string | null = null) => ({
  items: [...text].map((id) => ({ id })),
  next,
});
const idsOf = (items: readonly { id: string }[]) => items.map(({ id }) => id).join('');

describe('a list that is looked at again', () => {
  it.each([
    ['is its first page at first', null, page('dcb', '/after-b'), 'dcb', '/after-b'],
    ['takes what came in front of what is known', page('cba'), page('edc', '/after-c'), 'edcba', null],
    [
      'keeps the pages that were loaded',
      page('dcba', '/after-a'),
      page('dc', '/after-c'),
      'dcba',
      '/after-a',
    ],
    ['takes what came late where it belongs', page('dba', '/after-a'), page('dcb', '/x'), 'dcba', '/after-a'],
    ['begins anew when something may be missing', page('cba'), page('fed', '/after-d'), 'fed', '/after-d'],
    ['forgets what is gone', page('cba', '/after-a'), page(''), '', null],
    ['is its first page when nothing is behind it', page('ba'), page('cba'), 'cba', null],
  ])('%s', (_, known, first, ids, next) => {
    const joined = joinedPages(known, first);
    expect(idsOf(joined.items)).toBe(ids);
    expect(joined.next).toBe(next);
  });

  it('does not grow without an end', () => {
    const known = { items: Array.from({ length: 5_000 }, (_, at) => ({ id: `k${at}` })), next: '/more' };
    const first = { items: [{ id: 'new' }, { id: 'k0' }], next: '/after-k0' };
    expect(joinedPages(known, first)).toBe(first);
  });
});
