import { describe, expect, it } from 'vitest';
import type { ServiceConfig } from '../../common/config/index.js';
import { servicePage } from './service.page.js';

const named = (name: string) => ({ name }) as ServiceConfig;
const namesOf = (services: readonly ServiceConfig[]) => services.map(({ name }) => name);
const queryOf = (link: string) =>
  Object.fromEntries(new URL(link, 'http://localhost').searchParams) as Record<string, string>;
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => named(`service-${String(count - 1 - index).padStart(4, '0')}`));

describe('servicePage', () => {
  it('gives each service once, by name, however many pages it takes', () => {
    const services = many(250);
    for (const limit of [undefined, '1', '99', '125', '250', '1000']) {
      const found: string[] = [];
      const sizes: number[] = [];
      for (let query: Record<string, string> | null = limit === undefined ? {} : { limit }; query;) {
        const page = servicePage(services, query);
        sizes.push(page.services.length);
        found.push(...namesOf(page.services));
        if (page.next !== null) expect(page.next).toMatch(/^\/api\/v1\/services\?/);
        query = page.next === null ? null : queryOf(page.next);
      }
      expect(found).toEqual(namesOf(services).toReversed());
      expect(sizes).toHaveLength(Math.ceil(250 / Number(limit ?? 100)));
    }
  });

  it('loses and repeats none when services come and go between two pages', () => {
    const first = servicePage(['a', 'b', 'd', 'e'].map(named), { limit: '2' });
    expect(namesOf(first.services)).toEqual(['a', 'b']);
    const second = servicePage(['0', 'c', 'd', 'e'].map(named), queryOf(first.next!));
    expect(namesOf(second.services)).toEqual(['c', 'd']);
    expect(namesOf(servicePage(['e'].map(named), queryOf(second.next!)).services)).toEqual(['e']);
  });

  it('has a cursor for every name', () => {
    const names = ['a', 'b&c=d', 'ö', '日本', '😀 smile'];
    const { next } = servicePage(names.map(named), { limit: '4' });
    expect(namesOf(servicePage(names.map(named), queryOf(next!)).services)).toEqual(['😀 smile']);
  });

  it.each([
    [{ limit: '0' }, 'limit', 'must be a whole number from 1 to 1000'],
    [{ limit: '1001' }, 'limit', 'must be a whole number from 1 to 1000'],
    [{ limit: ['1', '2'] }, 'limit', 'is given more than once'],
    [{ cursor: '' }, 'cursor', 'follow "next"'],
    [{ cursor: '!!' }, 'cursor', 'follow "next"'],
    [{ cursor: ['YQ', 'YQ'] }, 'cursor', 'is given more than once'],
    [{ name: 'shop' }, 'name', 'only limit and cursor are'],
  ])('refuses %j', (query, parameter, message) => {
    expect(() => servicePage([named('a')], query)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', message: expect.stringContaining(message) }),
    );
    expect(() => servicePage([named('a')], query)).toThrow(`"${parameter}"`);
  });
});
