import { describe, expect, it } from 'vitest';
import { PathPattern, plainPath } from './path.pattern.js';

describe('plainPath', () => {
  it.each([
    ['/', '/'],
    ['*', '*'],
    ['/a/b', '/a/b'],
    ['/a.b/.well-known', '/a.b/.well-known'],
    ['/a/', '/a'],
    ['//', '/'],
    ['//a///b//', '/a/b'],
    ['/./a/./b/.', '/a/b'],
    ['/a/../b', '/b'],
    ['/../../a', '/a'],
    ['/%6cogin', '/login'],
    ['/%6Cogin', '/login'],
    ['/a/%2e%2e/b', '/b'],
    ['/a%2Fb', '/a/b'],
    ['/a%20b%c3%a4', '/a%20b%C3%A4'],
    ['/a%2', '/a%2'],
    ['/a%zz', '/a%zz'],
  ])('takes %s as %s', (raw, plain) => {
    if (raw !== '*') expect(plainPath(raw)).toBe(plain);
    else expect(plainPath(raw)).toBe('*');
    expect(plainPath(plain)).toBe(plain);
  });
});

describe('PathPattern', () => {
  const matching: [string, string, boolean][] = [
    ['/login', '/login', true],
    ['/login', '/login/', true],
    ['/login', '//login', true],
    ['/login', '/%6Cogin', true],
    ['/login', '/x/../login', true],
    ['/login', '/Login', false],
    ['/login', '/login/x', false],
    ['/login', '/loginx', false],
    ['/login', '/logi', false],
    ['/', '/', true],
    ['/', '/a', false],
    ['/users/*', '/users/7', true],
    ['/users/*', '/users', false],
    ['/users/*', '/users/', false],
    ['/users/*', '/users/7/x', false],
    ['/users/*/orders', '/users/7/orders', true],
    ['/users/*/orders', '/users/7/order', false],
    ['/users/*/orders', '/users/orders', false],
    ['/api/**', '/api', true],
    ['/api/**', '/api/', true],
    ['/api/**', '/api/a/b/c', true],
    ['/api/**', '/apix', false],
    ['/**', '/', true],
    ['/**', '/a/b', true],
    ['/*/**', '/', false],
    ['/*/**', '/a', true],
  ];
  it.each(matching)('%s and %s: %s', (pattern, path, matches) => {
    expect(new PathPattern(pattern).matches(plainPath(path))).toBe(matches);
  });
});
