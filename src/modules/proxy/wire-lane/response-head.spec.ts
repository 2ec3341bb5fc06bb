import { describe, expect, it } from 'vitest';
import { Parsed } from './field-section.js';
import { Framing } from './request-head.js';
import { ResponseHead } from './response-head.js';

const LIMITS = { maxHeadBytes: 512, maxHeaders: 5 };

function feed(...pieces: string[]): { head: ResponseHead; result: Parsed } {
  const head = new ResponseHead(LIMITS);
  let result: Parsed = Parsed.more;
  for (const piece of pieces) {
    const bytes = Buffer.from(piece, 'latin1');
    result = head.feed(bytes, 0, bytes.length);
    if (result !== Parsed.more) break;
  }
  return { head, result };
}

function everyWay(text: string): { head: ResponseHead; result: Parsed } {
  const whole = feed(text);
  expect(feed(...text).result).toBe(whole.result);
  for (let cut = 1; cut < text.length; cut++) {
    expect(feed(text.slice(0, cut), text.slice(cut)).result, `cut at ${cut}`).toBe(whole.result);
  }
  return whole;
}

describe('a response head', () => {
  it.each([
    ['HTTP/1.1 200 OK', 200, '200 OK\r\n'],
    ['HTTP/1.0 404 Not \xe9 Found', 404, '404 Not \xe9 Found\r\n'],
    ['HTTP/1.1 299 ', 299, '299 \r\n'],
    ['HTTP/1.1 500', 500, '500 \r\n'],
  ])('%s', (line, status, statusLine) => {
    const { head, result } = everyWay(`${line}\r\nX: 1\r\n\r\n`);
    expect([result, head.status, head.statusLine]).toEqual([Parsed.complete, status, statusLine]);
  });

  it.each([
    ['rubbish', 'rubbish\r\n\r\n'],
    ['no status', 'HTTP/1.1 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n'],
    ['another version', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['a bare LF', 'HTTP/1.1 200 OK\nX: 1\n\n'],
    ['a bare CR in the reason', 'HTTP/1.1 200 O\rK\r\n\r\n'],
    ['a folded line', 'HTTP/1.1 200 OK\r\nX: 1\r\n 2\r\n\r\n'],
    ['an empty line before it', '\r\nHTTP/1.1 200 OK\r\n\r\n'],
  ])('is refused with %s', (_name, text) => {
    expect(everyWay(text).result).toBe(Parsed.bad);
  });

  it.each([
    ['GET', '200', 'Content-Length: 3', Framing.length],
    ['GET', '200', 'Content-Length: 0', Framing.none],
    ['GET', '200', 'Transfer-Encoding: Chunked', Framing.chunked],
    ['GET', '200', 'X: 1', Framing.close],
    ['HEAD', '200', 'Content-Length: 3', Framing.none],
    ['HEAD', '200', 'Transfer-Encoding: chunked', Framing.none],
    ['GET', '204', 'X: 1', Framing.none],
    ['GET', '304', 'Content-Length: 3', Framing.none],
  ])('answers %s with %s and %s: framing %i', (method, status, field, framing) => {
    const { head } = feed(`HTTP/1.1 ${status} -\r\n${field}\r\n\r\n`);
    expect(head.frame(method)).toBe(true);
    expect(head.framing).toBe(framing);
  });

  it.each([
    'Content-Length: 3\r\nContent-Length: 3',
    'Content-Length: 3, 3',
    'Content-Length: -3',
    'Content-Length: 3\r\nTransfer-Encoding: chunked',
    'Transfer-Encoding: gzip',
    'Transfer-Encoding: chunked, chunked',
  ])('contradicts itself with %j', (fields) => {
    expect(feed(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n`).head.frame('GET')).toBe(false);
  });

  it('in HTTP/1.0 has no coding, and no connection that stays unless it says so', () => {
    expect(feed('HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n').head.frame('GET')).toBe(false);
    const { head } = feed('HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n');
    head.frame('GET');
    expect(head.isPersistent).toBe(false);
    const { head: kept } = feed('HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n');
    kept.frame('GET');
    expect(kept.isPersistent).toBe(true);
  });
});
