import { describe, expect, it } from 'vitest';
import { csvOf } from './csv.js';

describe('csvOf', () => {
  it('quotes what would break a row (RFC 4180)', () => {
    const rows = [
      ['a,b', 1],
      ['say "hi"', 2.5],
      ['two\r\nlines', true],
      ['', -3],
    ];
    expect(csvOf({ columns: ['key', 'value'], rows })).toBe(
      'key,value\r\n"a,b",1\r\n"say ""hi""",2.5\r\n"two\r\nlines",true\r\n,-3\r\n',
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('makes no formula of %j', (text) => {
    const line = csvOf({ columns: ['key'], rows: [[text]] }).split('key\r\n')[1]!;
    expect(line.replace(/^"/, '')).toMatch(/^'/);
  });

  it('disarms and quotes what needs both', () => {
    expect(csvOf({ columns: ['key'], rows: [['=HYPERLINK("x","y")']] })).toBe(
      'key\r\n"\'=HYPERLINK(""x"",""y"")"\r\n',
    );
  });
});
