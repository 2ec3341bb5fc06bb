import { describe, expect, it } from 'vitest';
import { redactedQuery, redactedUrl, withoutTokens } from './redaction.js';
import { isSecretHeader, isSecretName } from './secret-names.js';

const SECRET = 'MARKED-secret_0123456789abcdefghijklmnopqrs';
const TOKEN = `vel_0123456789ab_${'Ab0-_'.repeat(9).slice(0, 43)}`;

function escapedAll(text: string): string {
  return Array.from(text, (character) => `%${character.charCodeAt(0).toString(16)}`).join('');
}

describe('a query', () => {
  it.each([
    'token',
    'TOKEN',
    'Token',
    'access_token',
    'access-token',
    'x.auth',
    'api_key',
    'apiKey',
    'key',
    'password',
    'client_secret',
    'sessionid',
    'sig',
    'X-Amz-Signature',
    'jwt',
    'to%6ben',
    '%54OKEN',
    'to%256ben',
    '%74%6f%6b%65%6e',
    'token%5B%5D',
    'token[]',
    '+token',
    'authorization',
  ])('conceals the value of %s', (name) => {
    expect(redactedQuery(`a=1&${name}=${SECRET}&b=2`)).toBe(`a=1&${name}=***&b=2`);
    expect(redactedQuery(`a=1;${name}=${SECRET}`)).toBe(`a=1;${name}=***`);
  });

  it.each([
    ['a link in a value', `next=${encodeURIComponent(`/docs?token=${SECRET}`)}`, 'next=***'],
    [
      'one that is escaped twice',
      `next=${encodeURIComponent(encodeURIComponent(`/x?a=1&token=${SECRET}`))}`,
      'next=***',
    ],
    ['a second value', `token=${SECRET}&token=${SECRET}`, 'token=***&token=***'],
    ['a value with an equals sign', `token=${SECRET}==`, 'token=***'],
    ['a broken escape', `tok%zzen=1&token=%${SECRET}`, 'tok%zzen=1&token=***'],
    ['our token under any name', `q=${TOKEN}`, 'q=vel_0123456789ab_***'],
    ['our token without a name', TOKEN, 'vel_0123456789ab_***'],
    ['our token in escapes', `q=${escapedAll(TOKEN)}`, 'q=***'],
  ])('conceals %s', (_, query, expected) => {
    expect(redactedQuery(query)).toBe(expected);
  });

  it.each([
    '',
    'a=1&b=2',
    'author=jane',
    'q=%C3%A9%20x',
    'monkey=1',
    'token=',
    'keyboard=de',
    'sigma=5',
    'a%ff=%zz',
    '%',
  ])('leaves %j as it is', (query) => {
    expect(redactedQuery(query)).toBe(query);
  });
});

describe('a URL', () => {
  it.each([
    [`/docs?a=b#token=${SECRET}`, '/docs?a=b#token=***'],
    [`https://user:${SECRET}@shop.test/x?y=1`, 'https://***@shop.test/x?y=1'],
    [`//user:${SECRET}@shop.test/x`, '//***@shop.test/x'],
    [`/api/v1/tokens/${TOKEN}`, '/api/v1/tokens/vel_0123456789ab_***'],
    [`https://shop.test/?q=1&Token=${SECRET}`, 'https://shop.test/?q=1&Token=***'],
  ])('shows %s as %s', (url, shown) => {
    expect(redactedUrl(url)).toBe(shown);
  });

  it('is what it was without a secret', () => {
    const url = '/api/v1/access-logs?service=shop&limit=5&from=-15m';
    expect(redactedUrl(url)).toBe(url);
  });
});

it('takes tokens and bearer credentials out of any text', () => {
  expect(withoutTokens(`before ${TOKEN} after`)).toBe('before vel_0123456789ab_*** after');
  expect(withoutTokens(`Authorization: Bearer ${SECRET}, x`)).toBe('Authorization: Bearer ***, x');
  expect(withoutTokens('a bearer of news, 100 % sure')).toBe('a bearer of news, 100 % sure');
});

it('knows the names of secrets, and of headers that hold them', () => {
  expect(
    ['authorization', 'X-API-Key', 'Set-Cookie', 'x-auth-token', 'My-Secret'].every(isSecretHeader),
  ).toBe(true);
  expect(['host', 'accept', 'user-agent', 'x-request-id', 'author'].some(isSecretHeader)).toBe(false);
  expect(isSecretName('monkey')).toBe(false);
});
