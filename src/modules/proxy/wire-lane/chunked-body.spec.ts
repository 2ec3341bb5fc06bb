import { describe, expect, it } from 'vitest';
import { ChunkedBody } from './chunked-body.js';
import { Parsed } from './field-section.js';

const LIMITS = { maxHeadBytes: 256, maxHeaders: 3 };

/** What a body comes to, fed in pieces. */
function read(...pieces: string[]) {
  const body = new ChunkedBody(LIMITS);
  let data = '';
  for (const [index, piece] of pieces.entries()) {
    const bytes = Buffer.from(`<${piece}>`, 'latin1');
    const result = body.read(bytes, 1, bytes.length - 1);
    if (result !== Parsed.more && result !== Parsed.complete)
      return { result: Parsed.bad, data: '', rest: '' };
    data += bytes.toString('latin1', body.dataStart, body.dataEnd);
    if (result === Parsed.complete) {
      const rest = bytes.toString('latin1', body.next, bytes.length - 1) + pieces.slice(index + 1).join('');
      return { result, data, rest, trailers: body.trailers.toList() };
    }
  }
  return { result: Parsed.more, data, rest: '' };
}

function everyWay(text: string) {
  const whole = read(text);
  expect(read(...text)).toEqual(whole);
  for (let cut = 1; cut < text.length; cut++) {
    expect(read(text.slice(0, cut), text.slice(cut)), `cut at ${cut}`).toEqual(whole);
  }
  return whole;
}

describe('a chunked body', () => {
  it.each([
    ['0\r\n\r\n', ''],
    ['3\r\nabc\r\n0\r\n\r\n', 'abc'],
    ['3\r\nabc\r\n01\r\nd\r\nA\r\n0123456789\r\n00\r\n\r\n', 'abcd0123456789'],
    ['2\r\n\r\n\r\n0\r\n\r\n', '\r\n'],
    ['1;a\r\nx\r\n0;b=c;d="e\\"f"\r\n\r\n', 'x'],
  ])('%j', (text, data) => {
    expect(everyWay(text)).toMatchObject({ result: Parsed.complete, data, rest: '' });
    expect(read(`${text}GET /`)).toMatchObject({ data, rest: 'GET /' });
  });

  it('ends with its trailers', () => {
    expect(everyWay('1\r\na\r\n0\r\nX-Sum: 1\r\nY:\r\n\r\n')).toMatchObject({
      result: Parsed.complete,
      trailers: ['X-Sum', '1', 'Y', ''],
    });
  });

  it.each([
    ['a sign', '+1\r\na\r\n'],
    ['a negative size', '-1\r\n'],
    ['a prefix', '0x1\r\na\r\n'],
    ['no size', '\r\na\r\n'],
    ['a blank before the size', ' 1\r\na\r\n'],
    ['a blank behind the size', '1 \r\na\r\n'],
    ['an underscore', '1_0\r\n'],
    ['a size beyond numbers', 'fffffffffffffff\r\n'],
    ['a bare LF behind the size', '1\na\r\n'],
    ['a bare CR behind the size', '1\rxa\r\n'],
    ['more data than announced', '1\r\nab\r\n'],
    ['a bare LF behind the data', '1\r\na\n0\r\n\r\n'],
    ['an extension without a name', '1;\r\na\r\n'],
    ['an extension with a bare LF in quotes', '1;a="\n"\r\na\r\n'],
    ['an extension with a control character', '1;a=\x01\r\na\r\n'],
    ['a blank in an extension', '1; a=b\r\na\r\n'],
    ['a bare LF behind an extension', '1;a\na\r\n'],
    ['a folded trailer', '0\r\nX: a\r\n b\r\n\r\n'],
    ['a trailer without a colon', '0\r\nX\r\n\r\n'],
    ['too many trailers', '0\r\nA: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\n\r\n'],
    ['trailers without end', `0\r\nX: ${'a'.repeat(300)}`],
    ['an extension without end', `1;${'a'.repeat(2000)}`],
  ])('is refused with %s', (_name, text) => {
    expect(everyWay(text).result).toBe(Parsed.bad);
  });

  it('may carry extensions as long as its data outweighs them', () => {
    const signed = `400;signature=${'0'.repeat(64)}\r\n${'x'.repeat(1024)}\r\n`;
    expect(read(signed.repeat(1000)).data.length).toBe(1_024_000);
    expect(read(`1;signature=${'0'.repeat(64)}\r\nx\r\n`.repeat(1000)).result).toBe(Parsed.bad);
  });
});
