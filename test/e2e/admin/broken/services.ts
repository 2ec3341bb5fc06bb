import { type BrokenBody, ALGORITHMS, outside, overlaps, RENAMED, service } from './broken-body.js';

/** Keys, types, names, hosts and paths of a service. */
export const BROKEN_SERVICES: readonly BrokenBody[] = [
  service('a typo in a key', { bakends: [] }, ['bakends', 'is no known key: did you mean "backends"?']),
  service('a typo in a nested key', { health: { type: 'http', intervall: '5s' } }, [
    'health.intervall',
    'is no known key: did you mean "interval"?',
  ]),
  service(
    'several errors at once',
    { algoritm: 'random', retries: { attempts: 11 }, slowStart: 5 },
    ['retries.attempts', outside(11, 0, 10)],
    ['slowStart', 'a duration needs a unit: write 5s if that is meant (units: ms, s, m, h, d)'],
    ['algoritm', 'is no known key: did you mean "algorithm"?'],
  ),
  service('a text for a list', { hosts: 'new.test' }, [
    'hosts',
    'must be a list, not the text "new.test": write ["new.test"]',
  ]),
  service('a list for an object', { health: [] }, [
    'health',
    'must be an object (keys with values), not a list',
  ]),
  service('null', { backends: null }, ['backends', 'has no value: write a list, or remove the key']),
  service('no name', { name: undefined }, ['name', 'is missing: write a text']),
  service('a name with a space', { name: 'My Shop' }, [
    'name',
    '"My Shop" is no service name: write lower-case letters, digits and "-", such as my-shop',
  ]),
  service('a name of 64 letters', { name: 'a'.repeat(64) }, [
    'name',
    'is 64 characters long: write at most 63',
  ]),
  service('a number for a name', { name: 7 }, ['name', 'must be a text, not the number 7: put it in quotes']),
  service('a name with NUL', { name: 'a\0b' }, [
    'name',
    '"a\\u0000b" is no service name: write lower-case letters, digits and "-", such as a-b',
  ]),
  service('half a surrogate pair', { name: '\ud800' }, [
    'name',
    '"\\ud800" is no service name: write lower-case letters, digits and "-", such as shop',
  ]),
  service('a host of another service', { hosts: ['shop.test'] }, ['hosts[0]', overlaps('shop.test')]),
  service('the same in upper case', { hosts: ['SHOP.test'] }, ['hosts[0]', overlaps('SHOP.test')]),
  service('one host twice', { hosts: ['a.test', 'a.test'] }, [
    'hosts[1]',
    '"a.test" is listed already, as item 0: remove it',
  ]),
  service('a URL for a host', { hosts: ['http://new.test'] }, [
    'hosts[0]',
    '"http://new.test" must be a bare host name without a scheme: write "new.test"',
  ]),
  service('a wildcard in the middle', { hosts: ['a.*.test'] }, [
    'hosts[0]',
    '"a.*.test" may have one wildcard only, as its first label: "*.example.com"',
  ]),
  service('no hosts in the list', { hosts: [] }, [
    'hosts',
    'is an empty list: write at least one item, or remove the key',
  ]),
  service('a path without its slash', { paths: ['api'] }, ['paths[0]', '"api" must start with "/"']),
  service('our environment', { hosts: ['${HOME}'] }, [
    'hosts[0]',
    '"${HOME}" is no host name: write letters, digits, "-" and "." such as shop.example.com or "*.example.com"',
  ]),
  {
    what: 'a name that is taken',
    request: 'POST',
    body: { name: 'shop', hosts: ['other.test'] },
    status: 409,
    code: 'SERVICE_EXISTS',
    detail: 'There is a service shop already: replace it, or choose another name.',
  },
  {
    what: 'a replacement with a host of another service',
    request: 'PUT /api',
    body: { hosts: ['shop.test'] },
    status: 422,
    code: 'CONFIG_INVALID',
    issues: [['hosts[0]', overlaps('shop.test')]],
  },
  {
    what: 'a replacement with another name',
    request: 'PUT /shop',
    body: { name: 'store' },
    status: 422,
    code: 'CONFIG_INVALID',
    issues: [['name', RENAMED]],
  },
];

/** Algorithm, health, times and TLS of a service. */
export const BROKEN_SETTINGS: readonly BrokenBody[] = [
  service('an unknown algorithm', { algorithm: 'round-robbin' }, [
    'algorithm',
    `is the text "round-robbin": did you mean "round-robin"? Allowed: ${ALGORITHMS}`,
  ]),
  service('an algorithm without a name', { algorithm: {} }, [
    'algorithm.name',
    `is missing: write one of ${ALGORITHMS}`,
  ]),
  service('header-hash without a header', { algorithm: 'header-hash' }, [
    'algorithm',
    'header-hash needs the header to hash: write { name: header-hash, header: X-User }',
  ]),
  service('a header for random', { algorithm: { name: 'random', header: 'x' } }, [
    'algorithm.header',
    'has no meaning for random, only for header-hash: remove it',
  ]),
  service('a header with a space', { algorithm: { name: 'header-hash', header: 'x y' } }, [
    'algorithm.header',
    '"x y" is no header name',
  ]),
  service('a load bound below 1', { algorithm: { name: 'ip-hash', boundedLoad: 0.5 } }, [
    'algorithm.boundedLoad',
    'is out of range: write a number from 1.01 to 100, or off',
  ]),
  service('rise 0', { health: { rise: 0 } }, ['health.rise', outside(0, 1, 100)]),
  service('fall 1000', { health: { fall: 1000 } }, ['health.fall', outside(1000, 1, 100)]),
  service('a timeout above the interval', { health: { interval: '1s', timeout: '2s' } }, [
    'health.timeout',
    '2s must be below the interval (1s): lower it, or raise `interval`',
  ]),
  service('a status that does not exist', { health: { type: 'http', status: '200-999' } }, [
    'health.status',
    '"200-999" is no status or range: write statuses from 100 to 599, such as 200, "200-399" or [200, "300-399"]',
  ]),
  service('a path for a TCP probe', { health: { type: 'tcp', path: '/x' } }, [
    'health.path',
    'is used by http and https probes only, and the type is tcp: remove it, or set type to http or https',
  ]),
  service('a duration without a unit', { timeouts: { connect: 3 } }, [
    'timeouts.connect',
    'a duration needs a unit: write 3s if that is meant (units: ms, s, m, h, d)',
  ]),
  service('a unit that is none', { timeouts: { connect: '3 parsecs' } }, [
    'timeouts.connect',
    '"3 parsecs" is no duration: write a number and a unit (ms, s, m, h, d), such as 5s',
  ]),
  service('an absurd duration', { timeouts: { connect: '99999999d' } }, [
    'timeouts.connect',
    '99999999d is out of range: write a duration from 10ms to 1d',
  ]),
  service('an authority that is not there', { tls: { ca: '/nope/ca.pem' } }, [
    'tls.ca',
    '"/nope/ca.pem" does not exist: check the path, which starts at the working directory when it is relative',
  ]),
];
