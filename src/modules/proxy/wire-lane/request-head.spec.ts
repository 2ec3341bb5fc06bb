import { describe, expect, it } from 'vitest';
import { Parsed } from './field-section.js';
import { Framing, RequestHead } from './request-head.js';

const LIMITS = { maxHeadBytes: 512, maxHeaders: 5, maxUriBytes: 64 };

/** Feeds pieces until one decides. */
function feed(...pieces: string[]): { head: RequestHead; result: Parsed; rest: string } {
  const head = new RequestHead(LIMITS);
  let result: Parsed = Parsed.more;
  let rest = '';
  for (const piece of pieces) {
    // In the middle of a buffer, as behind a former message.
    const bytes = Buffer.from(`xx${piece}yy`, 'latin1');
    result = head.feed(bytes, 2, bytes.length - 2);
    if (result === Parsed.complete) rest = bytes.toString('latin1', head.consumed, bytes.length - 2);
    if (result !== Parsed.more) break;
  }
  return { head, result, rest };
}

/** Whole, byte by byte, and cut in two at every place: all must agree. */
function everyWay(text: string): Parsed {
  const { result } = feed(text);
  expect(feed(...text).result, 'byte by byte').toBe(result);
  for (let cut = 1; cut < text.length; cut++) {
    expect(feed(text.slice(0, cut), text.slice(cut)).result, `cut at ${cut}`).toBe(result);
  }
  return result;
}

const head = (...lines: string[]) => [...lines, '', ''].join('\r\n');

describe('a request head', () => {
  it('is read where it lies, up to its empty line', () => {
    const {
      head: parsed,
      result,
      rest,
    } = feed(
      `${head('POST /a?b HTTP/1.1', 'Host: shop.test', 'X-Two:  2\t', 'x-two:\t3', 'Content-Length: 7')}body`,
    );
    expect(result).toBe(Parsed.complete);
    expect(rest).toBe('body');
    expect([parsed.method, parsed.target, parsed.minor]).toEqual(['POST', '/a?b', 1]);
    expect(parsed.toList()).toEqual(['Host', 'shop.test', 'X-Two', '2', 'x-two', '3', 'Content-Length', '7']);
    expect([parsed.value('x-two'), parsed.value('host'), parsed.value('none')]).toEqual([
      '2, 3',
      'shop.test',
      undefined,
    ]);
    expect([parsed.framing, parsed.length]).toEqual([Framing.length, 7]);
  });

  it('is the same however its bytes are cut', () => {
    const text = head('GET /a HTTP/1.0', 'Host: a', 'Connection: Keep-Alive', 'X:', 'Y: \xe9');
    expect(everyWay(text)).toBe(Parsed.complete);
    for (let cut = 1; cut < text.length; cut++) {
      const { head: parsed, rest } = feed(text.slice(0, cut), `${text.slice(cut)}next`);
      expect(parsed.toList()).toEqual(['Host', 'a', 'Connection', 'Keep-Alive', 'X', '', 'Y', '\xe9']);
      expect([parsed.isPersistent, rest]).toEqual([true, 'next']);
    }
  });

  it('can be read again after a reset, and keeps nothing', () => {
    const { head: parsed } = feed(head('POST /long HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked'));
    parsed.reset();
    const bytes = Buffer.from(head('GET / HTTP/1.1', 'Via: b'));
    expect(parsed.feed(bytes, 0, bytes.length)).toBe(Parsed.complete);
    expect([parsed.method, parsed.framing, parsed.value('host'), parsed.value('via')]).toEqual([
      'GET',
      Framing.none,
      undefined,
      'b',
    ]);
  });

  it('finds the fields that it knows by number in any case, and no others', () => {
    const { head: parsed } = feed(
      head('GET / HTTP/1.1', 'hOsT: a', 'Hosu: b', 'X_Request-Id: c', 'x-forwarded-foo: d'),
    );
    expect(parsed.value('host')).toBe('a');
    expect(parsed.value('x-request-id')).toBeUndefined();
    expect(parsed.value('x-forwarded-foo')).toBe('d');
    expect(parsed.value('constructor')).toBeUndefined();
  });

  it.each([
    ['GET / HTTP/1.1', true],
    ['GET / HTTP/1.0', false],
  ])('%s persists: %s', (line, expected) => {
    expect(feed(head(line, 'Host: a')).head.isPersistent).toBe(expected);
    expect(feed(head(line, 'Connection: x, Close')).head.isPersistent).toBe(false);
    expect(feed(head(line, 'Connection: x', 'Connection: keep-alive')).head.isPersistent).toBe(true);
  });
});

describe('a request head is refused', () => {
  it.each(
    Object.entries({
      'bare LF': 'GET / HTTP/1.1\nHost: a\n\n',
      'bare LF behind a field': 'GET / HTTP/1.1\r\nHost: a\n\r\n',
      'bare CR in a value': 'GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n',
      'a folded line': 'GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n',
      'a folded first line': 'GET / HTTP/1.1\r\n Host: a\r\n\r\n',
      'a blank before the colon': 'GET / HTTP/1.1\r\nHost : a\r\n\r\n',
      'a blank in a name': 'GET / HTTP/1.1\r\nHo st: a\r\n\r\n',
      'no name': 'GET / HTTP/1.1\r\n: a\r\n\r\n',
      'no colon': 'GET / HTTP/1.1\r\nHost\r\n\r\n',
      'NUL in a value': 'GET / HTTP/1.1\r\nHost: a\0\r\n\r\n',
      'DEL in a value': 'GET / HTTP/1.1\r\nHost: a\x7f\r\n\r\n',
      'a byte above ASCII in a name': 'GET / HTTP/1.1\r\nH\xf6st: a\r\n\r\n',
      'a lower-case method': 'get / HTTP/1.1\r\n\r\n',
      'no method': ' / HTTP/1.1\r\n\r\n',
      'no target': 'GET  HTTP/1.1\r\n\r\n',
      'two blanks': 'GET /  HTTP/1.1\r\n\r\n',
      'a blank in the target': 'GET /a b HTTP/1.1\r\n\r\n',
      'a control character in the target': 'GET /\x01 HTTP/1.1\r\n\r\n',
      'a byte above ASCII in the target': 'GET /\xe9 HTTP/1.1\r\n\r\n',
      'HTTP/0.9': 'GET /\r\n\r\n',
      'HTTP/1.2': 'GET / HTTP/1.2\r\n\r\n',
      'HTTP/2.0': 'PRI * HTTP/2.0\r\n\r\n',
      'http in lower case': 'GET / http/1.1\r\n\r\n',
      TLS: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      'a method without end': `${'A'.repeat(40)} / HTTP/1.1\r\n\r\n`,
      'two empty lines': '\r\n\r\nGET / HTTP/1.1\r\n\r\n',
      'two lengths': 'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n',
      'a list of lengths': 'POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\n',
      'a signed length': 'POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n',
      'an empty length': 'POST / HTTP/1.1\r\nContent-Length: \r\n\r\n',
      'a length in hex': 'POST / HTTP/1.1\r\nContent-Length: 0x1\r\n\r\n',
      'a length beyond numbers': 'POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n',
      'a length with a coding': 'POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      'another coding': 'POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n',
      'two codings': 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n',
      'a coding in quotes': 'POST / HTTP/1.1\r\nTransfer-Encoding: "chunked"\r\n\r\n',
      'a coding with a control': 'POST / HTTP/1.1\r\nTransfer-Encoding: \x0bchunked\r\n\r\n',
      'a coding in HTTP/1.0': 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n',
    }),
  )('with %s', (_name, text) => {
    expect(everyWay(text)).toBe(Parsed.bad);
  });

  it('by its size, however it comes', () => {
    expect(everyWay(head('GET / HTTP/1.1', `X: ${'a'.repeat(484)}`, 'Y: b'))).toBe(Parsed.tooLarge);
    expect(everyWay(`GET / HTTP/1.1\r\nX: ${'a'.repeat(600)}`)).toBe(Parsed.tooLarge);
    const largest = head('GET / HTTP/1.1', `X: ${'a'.repeat(512 - 23)}`);
    expect(largest.length).toBe(512);
    expect(everyWay(largest)).toBe(Parsed.complete);
  });

  it('by the number of its fields', () => {
    const fields = Array.from({ length: 6 }, (_, index) => `X-${index}: a`);
    expect(everyWay(head('GET / HTTP/1.1', ...fields.slice(1)))).toBe(Parsed.complete);
    expect(everyWay(head('GET / HTTP/1.1', ...fields))).toBe(Parsed.tooLarge);
  });

  it('by the length of its target', () => {
    expect(everyWay(head(`GET /${'a'.repeat(63)} HTTP/1.1`))).toBe(Parsed.complete);
    expect(everyWay(head(`GET /${'a'.repeat(64)} HTTP/1.1`))).toBe(Parsed.uriTooLong);
    expect(everyWay(`GET /${'a'.repeat(64)}`)).toBe(Parsed.uriTooLong);
  });
});
