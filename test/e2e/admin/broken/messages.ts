import {
  type BrokenBody,
  type Issue,
  noJson,
  repeated,
  service,
  UNKNOWN_KEY,
  unreadable,
  unsupported,
} from './broken-body.js';

/** Sizes that no configuration has. */
export const OVERSIZED: readonly BrokenBody[] = [
  service(
    '10,001 backends',
    { backends: repeated(10_001, (index) => `http://10.1.${index >> 8}.${index & 255}`) },
    ['backends', 'has too many items: write at most 10000'],
  ),
  service('1,001 hosts', { hosts: repeated(1_001, (index) => `h${index}.test`) }, [
    'hosts',
    'has 1001 items: write at most 1000',
  ]),
  service('a key of 100,000 letters', { ['x'.repeat(100_000)]: 1 }, [`${'x'.repeat(1_000)}...`, UNKNOWN_KEY]),
  service(
    '200 unknown keys',
    Object.fromEntries(repeated(200, (index) => `k${index}`).map((key) => [key, 1])),
    ...repeated(100, (index) => `k${index}`).map((key): Issue => [key, UNKNOWN_KEY]),
    ['', 'and 100 more'],
  ),
  {
    ...unreadable('2 MiB', ' '.repeat(2 ** 21), 'The body is larger than 1048576 bytes (1 MiB).'),
    status: 413,
    code: 'BODY_TOO_LARGE',
  },
  unreadable(
    '1,000 objects in one another',
    `{"name":"new","health":${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}}`,
    `The body cannot be used: health${'.a'.repeat(31)} is nested deeper than 32 levels.`,
  ),
  unreadable(
    '400,000 lists in one another',
    '['.repeat(400_000) + ']'.repeat(400_000),
    `The body cannot be used: ${'[0]'.repeat(32)} is nested deeper than 32 levels.`,
  ),
];

/** Keys that mean something to JavaScript. */
export const PROTOTYPE_KEYS: readonly BrokenBody[] = [
  {
    ...unreadable(
      '__proto__',
      '{"name":"new","__proto__":{"backends":["http://10.0.0.1"]}}',
      'The body cannot be used: __proto__ is not a known key.',
    ),
    issues: [['__proto__', 'is not a known key']],
  },
  {
    ...unreadable(
      '__proto__ further down',
      '{"name":"new","health":{"__proto__":null}}',
      'The body cannot be used: health.__proto__ is not a known key.',
    ),
    issues: [['health.__proto__', 'is not a known key']],
  },
  service('constructor', { constructor: { prototype: { admin: true } } }, ['constructor', UNKNOWN_KEY]),
  service('prototype', { prototype: {} }, ['prototype', UNKNOWN_KEY]),
  service('toString', { toString: 'x' }, ['toString', UNKNOWN_KEY]),
];

/** Bodies that are no JSON object in UTF-8. */
export const BROKEN_BYTES: readonly BrokenBody[] = [
  unreadable(
    'bytes that are no UTF-8',
    new Uint8Array([...Buffer.from('{"name":"'), 0xff, 0xfe, ...Buffer.from('"}')]),
    'The body is not UTF-8: save and send it in that encoding.',
  ),
  unreadable(
    'UTF-16',
    new Uint8Array(Buffer.from('\ufeff{"name":"new"}', 'utf16le')),
    'The body is not UTF-8: save and send it in that encoding.',
  ),
  unreadable('no bytes', '', 'The body is empty: send the resource as a JSON object.'),
  unreadable('only white space', '  \n', 'The body is empty: send the resource as a JSON object.'),
  noJson('JSON that ends in the middle', '{"name":"new","hosts":["a'),
  noJson('YAML', 'name: new'),
  noJson('single quotes', "{'name':'new'}"),
  noJson('a comma too many', '{"name":"new",}'),
  noJson('two bodies', '{"name":"new"}{"name":"newer"}'),
  { ...noJson('NaN', '{"weight":NaN}'), request: 'PATCH /shop/backends/{id}' },
  {
    ...service('a list of services', {}),
    body: [],
    issues: [['', 'must be an object (keys with values), not a list']],
  },
  {
    ...service('a text', {}),
    body: '"shop"',
    issues: [['', 'must be an object (keys with values), not the text "shop"']],
  },
  unsupported(
    'YAML by its type',
    { 'content-type': 'application/yaml' },
    'The request has Content-Type "application/yaml": send application/json in UTF-8.',
  ),
  unsupported(
    'a form',
    { 'content-type': 'application/x-www-form-urlencoded' },
    'The request has Content-Type "application/x-www-form-urlencoded": send application/json in UTF-8.',
  ),
  unsupported(
    'another character set',
    { 'content-type': 'application/json; charset=iso-8859-1' },
    'The request has Content-Type "application/json; charset=iso-8859-1": send application/json in UTF-8.',
  ),
  unsupported(
    'a compressed body',
    { 'content-encoding': 'gzip' },
    'The body has the content coding "gzip": send it uncompressed.',
  ),
];

/** Places that do not exist. */
export const WRONG_PLACES: readonly BrokenBody[] = [
  {
    what: 'a service that is not there',
    request: 'POST /shpo/backends',
    body: { url: 'http://10.0.0.1' },
    status: 404,
    code: 'SERVICE_NOT_FOUND',
    detail: 'There is no service shpo. Did you mean shop?',
  },
  {
    what: 'a way out of the tree',
    request: 'PUT /..%2f..%2fetc',
    body: { name: '../../etc' },
    status: 422,
    code: 'CONFIG_INVALID',
    issues: [
      ['name', '"../../etc" is no service name: write lower-case letters, digits and "-", such as etc'],
    ],
  },
  {
    what: 'a service called NUL',
    request: 'DELETE /%00',
    status: 404,
    code: 'SERVICE_NOT_FOUND',
    detail: 'There is no service \0.',
  },
  {
    what: 'a service called __proto__',
    request: 'DELETE /__proto__',
    status: 404,
    code: 'SERVICE_NOT_FOUND',
    detail: 'There is no service __proto__.',
  },
  {
    what: 'an escape that is no UTF-8',
    request: 'DELETE /%ff',
    status: 400,
    code: 'REQUEST_INVALID',
    detail: 'The path has an escape that is no UTF-8: send it percent-encoded.',
  },
  {
    what: 'an id that is none',
    request: 'PATCH /shop/backends/not-an-id',
    body: { weight: 2 },
    status: 404,
    code: 'BACKEND_NOT_FOUND',
    detail: 'Service shop has no backend with the id not-an-id.',
  },
];
