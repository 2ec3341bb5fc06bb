/** What must never be taken for the answer to a later request. */
export const POISON = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison';

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

/** A response, and what may be said of the request it answers. */
export interface ResponseCase {
  readonly text: string;
  /** Default: GET. */
  readonly method?: string;
}

/** Responses that HTTP allows, each whole, or whole when its connection ends: every lane passes them on. */
export const SOUND_RESPONSES: Readonly<Record<string, ResponseCase>> = {
  'a length': { text: `${OK}Content-Length: 5\r\n\r\nhello` },
  'a length of nothing': { text: `${OK}Content-Length: 0\r\n\r\n` },
  chunks: { text: `${CHUNKED}5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n` },
  'no chunks': { text: `${CHUNKED}0\r\n\r\n` },
  'chunks with extensions': { text: `${CHUNKED}5;a=b;c="d;e"\r\nhello\r\n0;f\r\n\r\n` },
  'chunks with trailers': {
    text: `${OK}Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n`,
  },
  'trailers that frame': {
    text: `${CHUNKED}5\r\nhello\r\n0\r\nSet-Cookie: a=b\r\nHost: b\r\nVia: x\r\n\r\n`,
  },
  'a coding in capitals': { text: `${OK}transfer-encoding: CHUNKED\r\n\r\n1\r\nx\r\n0\r\n\r\n` },
  'neither length nor chunks': { text: `${OK}\r\nhello` },
  'nothing at all': { text: `${OK}\r\n` },
  'Connection: close': { text: `${OK}Connection: close\r\nContent-Length: 5\r\n\r\nhello` },
  'Connection that names framing': {
    text: `${OK}Connection: content-length, keep-alive\r\nContent-Length: 5\r\n\r\nhello`,
  },
  'Connection that names the coding': {
    text: `${OK}Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  },
  'Keep-Alive': { text: `${OK}Keep-Alive: timeout=5\r\nContent-Length: 5\r\n\r\nhello` },
  'HTTP/1.0': { text: 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello' },
  'HTTP/1.0 that stays': {
    text: 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello',
  },
  'HTTP/1.0 up to its end': { text: 'HTTP/1.0 200 OK\r\n\r\nhello' },
  'an empty reason': { text: 'HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n' },
  'a reason beyond ASCII': { text: 'HTTP/1.1 200 \xe4\xff\tX\r\nContent-Length: 0\r\n\r\n' },
  '204': { text: 'HTTP/1.1 204 No Content\r\n\r\n' },
  '304 with a length': { text: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: "a"\r\n\r\n' },
  '304 with a coding': { text: 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n' },
  '404': { text: 'HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello' },
  '500': { text: 'HTTP/1.1 500 Oops\r\nContent-Length: 5\r\n\r\nhello' },
  'HEAD with a length': { text: `${OK}Content-Length: 5\r\n\r\n`, method: 'HEAD' },
  'HEAD with a coding': { text: `${OK}Transfer-Encoding: chunked\r\n\r\n`, method: 'HEAD' },
  'HEAD with neither': { text: `${OK}\r\n`, method: 'HEAD' },
  '100 and an answer': { text: `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 5\r\n\r\nhello` },
  'two interim responses and an answer': {
    text: `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}Content-Length: 5\r\n\r\nhello`,
  },
  'an interim response with fields': {
    text: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nX: 1\r\n\r\n${CHUNKED}5\r\nhello\r\n0\r\n\r\n`,
  },
  'a response in the body': { text: `${OK}Content-Length: ${POISON.length}\r\n\r\n${POISON}` },
  'a response in a chunk': { text: `${CHUNKED}${POISON.length.toString(16)}\r\n${POISON}\r\n0\r\n\r\n` },
  'many fields': {
    text: `${OK}Content-Length: 0\r\n${Array.from({ length: 60 }, (_, index) => `X-${index}: ${index}\r\n`).join('')}\r\n`,
  },
  cookies: { text: `${OK}Set-Cookie: a=b\r\nSet-Cookie: c=d\r\nContent-Length: 0\r\n\r\n` },
  'fields of ours': {
    text: `${OK}X-Request-Id: theirs\r\nVia: 1.1 theirs\r\nDate: never\r\nContent-Length: 0\r\n\r\n`,
  },
  'fields with tabs and blanks': { text: `${OK}Content-Length:\t 5 \t\r\n\r\nhello` },
  'an empty field': { text: `${OK}X:\r\nContent-Length: 0\r\n\r\n` },
  'a field beyond ASCII': { text: `${OK}X: \xe4\xff\r\nContent-Length: 0\r\n\r\n` },
  'an upgrade that is offered': {
    text: `${OK}Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n`,
  },
};

/** Responses that two clients may read in two ways: the client gets a refusal, or what it can tell to be cut off. */
export const UNSOUND_RESPONSES: Readonly<Record<string, ResponseCase>> = {
  'a length and chunks': { text: `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n` },
  'chunks and a length': { text: `${OK}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n` },
  'two lengths': { text: `${OK}Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello` },
  'two lengths that agree': { text: `${OK}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello` },
  'a list of lengths': { text: `${OK}Content-Length: 5, 5\r\n\r\nhello` },
  'an empty length': { text: `${OK}Content-Length:\r\n\r\nhello` },
  'a length with a plus': { text: `${OK}Content-Length: +5\r\n\r\nhello` },
  'a length with a minus': { text: `${OK}Content-Length: -5\r\n\r\nhello` },
  'a length in hexadecimal': { text: `${OK}Content-Length: 0x5\r\n\r\nhello` },
  'a length beyond 64 bits': { text: `${OK}Content-Length: 18446744073709551617\r\n\r\nx` },
  'a blank before the colon of a length': { text: `${OK}Content-Length : 5\r\n\r\nhello` },
  'another coding': { text: `${OK}Transfer-Encoding: gzip\r\n\r\nhello` },
  'a coding that is cut': { text: `${OK}Transfer-Encoding: chunke\r\n\r\nhello` },
  identity: { text: `${OK}Transfer-Encoding: identity\r\n\r\nhello` },
  'gzip, then chunked': { text: `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n` },
  'chunked, then identity': { text: `${OK}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n` },
  'chunked twice': { text: `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n` },
  'a vertical tab before a coding': { text: `${OK}Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n` },
  'a coding in HTTP/1.0': { text: 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' },
  'a chunk size that is none': { text: `${CHUNKED}zz\r\nab\r\n0\r\n\r\n` },
  'a chunk size with a minus': { text: `${CHUNKED}-1\r\nx\r\n0\r\n\r\n` },
  'a chunk size with a prefix': { text: `${CHUNKED}0x1\r\nx\r\n0\r\n\r\n` },
  'a chunk size before a blank': { text: `${CHUNKED}1 \r\nx\r\n0\r\n\r\n` },
  'a chunk size beyond 64 bits': { text: `${CHUNKED}10000000000000001\r\nx\r\n0\r\n\r\n` },
  'a chunk that is longer than it says': { text: `${CHUNKED}1\r\nxy\r\n0\r\n\r\n` },
  'a chunk that ends in a line feed': { text: `${CHUNKED}1\r\nx\n0\r\n\r\n` },
  'a line feed behind a chunk size': { text: `${CHUNKED}1\nx\r\n0\r\n\r\n` },
  'a line feed in a chunk extension': { text: `${CHUNKED}1;a\nb\r\nx\r\n0\r\n\r\n` },
  'a line feed in a quoted chunk extension': { text: `${CHUNKED}1;a="\nb"\r\nx\r\n0\r\n\r\n` },
  'a line feed behind the last chunk size': { text: `${CHUNKED}1\r\nx\r\n0\n\r\n` },
  'a folded trailer': { text: `${CHUNKED}0\r\nX: 1\r\n 2\r\n\r\n` },
  'a trailer with a blank before the colon': { text: `${CHUNKED}0\r\nX : 1\r\n\r\n` },
  'a null in a trailer': { text: `${CHUNKED}0\r\nX: \0\r\n\r\n` },
  'a folded field': { text: `${OK}X: 1\r\n 2\r\nContent-Length: 0\r\n\r\n` },
  'a line feed behind a field': { text: `${OK}X: 1\nContent-Length: 0\r\n\r\n` },
  'a line feed behind the status line': { text: 'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n' },
  'a carriage return in a field': { text: `${OK}X: 1\r2\r\nContent-Length: 0\r\n\r\n` },
  'a carriage return in the reason': { text: 'HTTP/1.1 200 O\rK\r\nContent-Length: 0\r\n\r\n' },
  'a null in a field': { text: `${OK}X: \0\r\nContent-Length: 0\r\n\r\n` },
  'a field without a colon': { text: `${OK}X\r\nContent-Length: 0\r\n\r\n` },
  'a field without a name': { text: `${OK}: 1\r\nContent-Length: 0\r\n\r\n` },
  'a name with a blank': { text: `${OK}X Y: 1\r\nContent-Length: 0\r\n\r\n` },
  'HTTP/0.9': { text: 'hello' },
  'HTTP/2.0': { text: 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n' },
  'HTTP/1.2': { text: 'HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n' },
  'a version in lower case': { text: 'http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n' },
  'a status of two digits': { text: 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n' },
  'a status of four digits': { text: 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n' },
  'a status with a plus': { text: 'HTTP/1.1 +20 OK\r\nContent-Length: 0\r\n\r\n' },
  'a status 099': { text: 'HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n' },
  'two blanks before the status': { text: 'HTTP/1.1  200 OK\r\nContent-Length: 0\r\n\r\n' },
  'an upgrade that nobody asked for': {
    text: 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nhello',
  },
  'a request': { text: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n' },
  TLS: { text: '\x15\x03\x01\x00\x02\x02\x16' },
};
