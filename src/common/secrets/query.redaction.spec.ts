import { describe, expect, it } from 'vitest';
import { QueryRedaction } from './query.redaction.js';
import { redactedQuery, redactedUrl } from './redaction.js';

describe('names beside those of secrets', () => {
  const more = new QueryRedaction(['email', 'phone']);

  it.each([
    ['email=a@b.test&page=2', 'email=***&page=2'],
    ['EMail=a&PHONE=1;x=2', 'EMail=***&PHONE=***;x=2'],
    ['%65mail=a', '%65mail=***'],
    ['email%5B%5D=a&email[]=b', 'email%5B%5D=***&email[]=***'],
    ['emails=a&e=mail', 'emails=a&e=mail'],
    ['token=a&email=', 'token=***&email='],
    ['next=%2Fx%3Femail%3Da', 'next=***'],
    ['a&&b;;', 'a&&b;;'],
    ['', ''],
  ])('%s is recorded as %s', (query, shown) => {
    expect(redactedQuery(query, more)).toBe(shown);
  });

  it('count in a URL too', () => {
    expect(redactedUrl('https://a.test/x?email=a&b=1#phone=2', more)).toBe(
      'https://a.test/x?email=***&b=1#phone=***',
    );
  });
});

it.each([
  ['a=1&b=2;c=3', 'a=***&b=***;c=***'],
  ['jane&a=', '***&a='],
  ['\u00ff=\u00fe', '\u00ff=***'],
  ['&', '&'],
])('all values: %s is recorded as %s', (query, shown) => {
  expect(redactedQuery(query, new QueryRedaction('all'))).toBe(shown);
});
