import { describe, expect, it } from 'vitest';
import { RandomRecords } from '../../../../../test/support/random-records.js';
import type { AccessLogRecord } from '../../../../common/contract/index.js';
import { LINE_FORMATS } from './line.format.js';

const RECORD: AccessLogRecord = {
  ...new RandomRecords(1).record(),
  time: Date.UTC(2026, 0, 5, 7, 8, 9, 10),
  client: '203.0.113.7',
  method: 'GET',
  path: '/a b',
  query: 'x=1',
  protocol: 'HTTP/1.1',
  status: 200,
  bytesOut: 42,
  referer: 'https://a.test/"x"',
  userAgent: 'curl\\8\u00e9\u0007',
};

/** Other than the line feed. */
function isControl(code: number): boolean {
  return (code < 32 && code !== 10) || (code > 126 && code < 160);
}

describe('common and combined', () => {
  it('are what programs for logs of nginx read', () => {
    const common = '203.0.113.7 - - [05/Jan/2026:07:08:09 +0000] "GET /a b?x=1 HTTP/1.1" 200 42';
    expect(LINE_FORMATS.common(RECORD)).toBe(`${common}\n`);
    expect(LINE_FORMATS.combined(RECORD)).toBe(
      `${common} "https://a.test/\\x22x\\x22" "curl\\x5C8\\xE9\\x07"\n`,
    );
  });

  it('have a dash for what is not there', () => {
    const empty = { client: '', method: '', path: '', query: '', bytesOut: 0, userAgent: '', referer: '' };
    expect(LINE_FORMATS.combined({ ...RECORD, ...empty, status: 400 })).toBe(
      '- - - [05/Jan/2026:07:08:09 +0000] "-" 400 - "-" "-"\n',
    );
  });

  it('stay one line of seven fields whatever a client sends', () => {
    const random = new RandomRecords(2);
    const line = /^[!-~]+ - - \[[^\]]+\] "[^"]*" \d+ (?:\d+|-) "[^"]*" "[^"]*"\n$/;
    for (let count = 0; count < 2_000; count++) {
      const text = LINE_FORMATS.combined({ ...random.record(), client: random.latin1(12) });
      expect(text).toMatch(line);
      expect(text).toMatch(/^[ -~]+\n$/);
    }
  });
});

describe('json', () => {
  it('has every field, and comes back as the record', () => {
    const random = new RandomRecords(3);
    for (let count = 0; count < 500; count++) {
      const record = { ...random.record(), time: 1_700_000_000_000 + count };
      const text = LINE_FORMATS.json(record);
      expect(text.indexOf('\n')).toBe(text.length - 1);
      expect(Array.from(text).every((character) => !isControl(character.charCodeAt(0)))).toBe(true);
      const { time, ...rest } = JSON.parse(text) as { time: string };
      expect({ ...rest, time: Date.parse(time) }).toEqual(record);
    }
  });

  it('survives a time that is none', () => {
    expect(JSON.parse(LINE_FORMATS.json({ ...RECORD, time: 2 ** 53 }))).toMatchObject({
      time: '1970-01-01T00:00:00.000Z',
    });
  });
});
