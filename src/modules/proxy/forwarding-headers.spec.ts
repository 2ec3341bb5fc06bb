import { describe, expect, it } from 'vitest';
import { Exchange, type ExchangeHead } from './exchange.js';
import { requestHeaders, responseHeaders, trailerFields } from './forwarding-headers.js';

function exchangeOf(rawHeaders: string[], settings: Partial<ExchangeHead> = {}): Exchange {
  const head: ExchangeHead = {
    method: 'GET',
    target: '/',
    protocol: 'HTTP/1.1',
    rawHeaders,
    hostCount: 1,
    peer: '192.0.2.7',
    localPort: 8443,
    isSecure: true,
    header: (name) => {
      const at = rawHeaders.findIndex((each, index) => index % 2 === 0 && each.toLowerCase() === name);
      return at < 0 ? undefined : rawHeaders[at + 1];
    },
    ...settings,
  };
  const exchange = new Exchange(
    { lane: 'wire', attempt: () => undefined, park: () => undefined, refuse: () => undefined },
    head,
  );
  exchange.pseudonym = 'us';
  exchange.requestId = 'id';
  exchange.authority = 'shop.test';
  return exchange;
}

const OURS =
  'X-Forwarded-For|192.0.2.7|X-Forwarded-Proto|https|X-Forwarded-Host|shop.test|X-Forwarded-Port|8443|X-Request-Id|id|Via|1.1 us'.split(
    '|',
  );

describe('requestHeaders', () => {
  it('puts Host first, keeps case, order and repetition of the rest, and adds ours', () => {
    const raw = ['X-b', '1', 'host', 'shop.test', 'x-A', '2', 'X-B', '3'];
    expect(requestHeaders(exchangeOf(raw), false)).toEqual([
      'Host',
      'shop.test',
      'X-b',
      '1',
      'x-A',
      '2',
      'X-B',
      '3',
      ...OURS,
    ]);
  });

  it('keeps Trailer only where trailers follow', () => {
    const raw = ['Trailer', 'X-Sum'];
    expect(requestHeaders(exchangeOf(raw), true)).toContain('Trailer');
    expect(requestHeaders(exchangeOf(raw), false)).not.toContain('Trailer');
  });

  it('lets Connection take out nothing that frames or addresses the message', () => {
    const raw = [
      'Connection',
      'content-length, host, content-type, x-gone',
      'Content-Length',
      '5',
      'Content-Type',
      'a/b',
      'X-Gone',
      '1',
    ];
    expect(requestHeaders(exchangeOf(raw), false)).toEqual([
      'Host',
      'shop.test',
      'Content-Length',
      '5',
      'Content-Type',
      'a/b',
      ...OURS,
    ]);
  });
});

describe('responseHeaders', () => {
  it('adds the request id and the cookie of affinity, and nothing else', () => {
    const exchange = exchangeOf([]);
    expect(responseHeaders(exchange, ['A', '1', 'X-Request-ID', 'theirs'], false)).toEqual([
      'A',
      '1',
      'X-Request-Id',
      'id',
    ]);
    exchange.affinityCookie = 'lb=x';
    expect(responseHeaders(exchange, [], false)).toEqual(['X-Request-Id', 'id', 'Set-Cookie', 'lb=x']);
  });
});

describe('trailerFields', () => {
  it('passes on what does not frame, route or authenticate', () => {
    const raw = [
      'X-Sum',
      '1',
      'Content-Length',
      '5',
      'Authorization',
      'x',
      'x_forwarded_for',
      'y',
      'X-Sum',
      '2',
    ];
    expect(trailerFields(raw)).toEqual([
      ['X-Sum', '1'],
      ['X-Sum', '2'],
    ]);
  });
});
