import type { BrokenBody } from './broken-body.js';

export const BROKEN_SERVICE_BODIES: readonly BrokenBody[] = [
  {
    story: 'a text',
    kind: 'service',
    body: 'shop',
    issues: [{ path: '', message: 'must be an object (keys with values), not the text "shop"' }],
  },
  {
    story: 'a list',
    kind: 'service',
    body: [{ name: 'shop' }],
    issues: [{ path: '', message: 'must be an object (keys with values), not a list' }],
  },
  {
    story: 'null',
    kind: 'service',
    body: null,
    issues: [{ path: '', message: 'is missing: write an object (keys with values)' }],
  },
  {
    story: 'a number',
    kind: 'service',
    body: 5,
    issues: [{ path: '', message: 'must be an object (keys with values), not the number 5' }],
  },
  {
    story: 'an empty object',
    kind: 'service',
    body: {},
    issues: [{ path: 'name', message: 'is missing: write a text' }],
  },
  {
    story: 'an unknown key',
    kind: 'service',
    body: { name: 'shop', backend: [] },
    issues: [{ path: 'backend', message: 'is no known key: did you mean "backends"?' }],
  },
  {
    story: 'several unknown keys',
    kind: 'service',
    body: { name: 'shop', host: ['a.test'], algoritm: 'random' },
    issues: [
      { path: 'host', message: 'is no known key: did you mean "hosts"?' },
      { path: 'algoritm', message: 'is no known key: did you mean "algorithm"?' },
    ],
  },
  {
    story: 'a key of the file’s top level',
    kind: 'service',
    body: { name: 'shop', listeners: [] },
    issues: [
      {
        path: 'listeners',
        message:
          'is no known key: known here are name, hosts, paths, backends, rateLimits, blocklist, allowlist, maintenance, redirect, maxBody, headers, rewrite, split, mirror, overrides, scaling, discovery, algorithm, health, timeouts, retries, slowStart, tls, maxInFlight, maxInFlightPerBackend, queue, circuitBreaker, ejection, panicThreshold, fallback, accessLog',
      },
    ],
  },
  {
    story: '__proto__ as a key',
    kind: 'service',
    body: JSON.parse('{"name":"shop","__proto__":{"admin":true}}'),
    issues: [
      {
        path: '__proto__',
        message:
          'is no known key: known here are name, hosts, paths, backends, rateLimits, blocklist, allowlist, maintenance, redirect, maxBody, headers, rewrite, split, mirror, overrides, scaling, discovery, algorithm, health, timeouts, retries, slowStart, tls, maxInFlight, maxInFlightPerBackend, queue, circuitBreaker, ejection, panicThreshold, fallback, accessLog',
      },
    ],
  },
  {
    story: 'constructor as a key',
    kind: 'service',
    body: { name: 'shop', constructor: {} },
    issues: [
      {
        path: 'constructor',
        message:
          'is no known key: known here are name, hosts, paths, backends, rateLimits, blocklist, allowlist, maintenance, redirect, maxBody, headers, rewrite, split, mirror, overrides, scaling, discovery, algorithm, health, timeouts, retries, slowStart, tls, maxInFlight, maxInFlightPerBackend, queue, circuitBreaker, ejection, panicThreshold, fallback, accessLog',
      },
    ],
  },
  {
    story: 'an upper-case name',
    kind: 'service',
    body: { name: 'Shop' },
    issues: [
      {
        path: 'name',
        message: '"Shop" is no service name: write lower-case letters, digits and "-", such as shop',
      },
    ],
  },
  {
    story: 'a name of 64 characters',
    kind: 'service',
    body: { name: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' },
    issues: [{ path: 'name', message: 'is 64 characters long: write at most 63' }],
  },
  {
    story: 'a name with a slash',
    kind: 'service',
    body: { name: '../admin' },
    issues: [
      {
        path: 'name',
        message: '"../admin" is no service name: write lower-case letters, digits and "-", such as admin',
      },
    ],
  },
  {
    story: 'a number for a name',
    kind: 'service',
    body: { name: 5 },
    issues: [{ path: 'name', message: 'must be a text, not the number 5: put it in quotes' }],
  },
  {
    story: 'hosts as a text',
    kind: 'service',
    body: { name: 'shop', hosts: 'a.test' },
    issues: [{ path: 'hosts', message: 'must be a list, not the text "a.test": write ["a.test"]' }],
  },
  {
    story: 'hosts as null',
    kind: 'service',
    body: { name: 'shop', hosts: null },
    issues: [{ path: 'hosts', message: 'has no value: write a list, or remove the key' }],
  },
  {
    story: 'a host with a port',
    kind: 'service',
    body: { name: 'shop', hosts: ['a.test:80'] },
    issues: [{ path: 'hosts[0]', message: '"a.test:80" must not carry a port: the port is the listener\'s' }],
  },
  {
    story: 'an empty list of hosts',
    kind: 'service',
    body: { name: 'shop', hosts: [] },
    issues: [{ path: 'hosts', message: 'is an empty list: write at least one item, or remove the key' }],
  },
  {
    story: 'a path without a slash',
    kind: 'service',
    body: { name: 'shop', paths: ['api'] },
    issues: [{ path: 'paths[0]', message: '"api" must start with "/"' }],
  },
  {
    story: 'an unknown algorithm',
    kind: 'service',
    body: { name: 'shop', algorithm: 'round_robbin' },
    issues: [
      {
        path: 'algorithm',
        message:
          'is the text "round_robbin": did you mean "round-robin"? Allowed: round-robin, weighted-round-robin, least-connections, random, power-of-two-choices, peak-ewma, ip-hash, url-hash, header-hash, sticky-round-robin',
      },
    ],
  },
  {
    story: 'header-hash without a header',
    kind: 'service',
    body: { name: 'shop', algorithm: 'header-hash' },
    issues: [
      {
        path: 'algorithm',
        message: 'header-hash needs the header to hash: write { name: header-hash, header: X-User }',
      },
    ],
  },
  {
    story: 'an unknown setting of an algorithm',
    kind: 'service',
    body: { name: 'shop', algorithm: { name: 'ip-hash', boundLoad: 2 } },
    issues: [{ path: 'algorithm.boundLoad', message: 'is no known key: did you mean "boundedLoad"?' }],
  },
  {
    story: 'a number for a backend',
    kind: 'service',
    body: { name: 'shop', backends: [9001] },
    issues: [
      { path: 'backends[0]', message: 'must be an object (keys with values) or a text, not the number 9001' },
    ],
  },
  {
    story: 'a backend within a list',
    kind: 'service',
    body: { name: 'shop', backends: [[{ url: 'http://127.0.0.1:9001' }]] },
    issues: [{ path: 'backends[0]', message: 'must be an object (keys with values) or a text, not a list' }],
  },
  {
    story: 'a backend without a URL',
    kind: 'service',
    body: { name: 'shop', backends: [{ weight: 1 }] },
    issues: [{ path: 'backends[0].url', message: 'is missing: write a text' }],
  },
  {
    story: 'a URL with a path',
    kind: 'service',
    body: { name: 'shop', backends: [{ url: 'http://127.0.0.1:9001/api' }] },
    issues: [
      {
        path: 'backends[0].url',
        message: 'must not have a path, so remove "/api": the client\'s own path is sent on unchanged',
      },
    ],
  },
  {
    story: 'a placeholder: the environment is not for clients',
    kind: 'service',
    body: { name: 'shop', backends: ['${HOME}'] },
    issues: [
      {
        path: 'backends[0]',
        message:
          '"${HOME}" is no URL of a backend: write scheme, host and port, such as http://10.0.0.7:8080',
      },
    ],
  },
  {
    story: 'an interval without a unit',
    kind: 'service',
    body: { name: 'shop', health: { interval: 5 } },
    issues: [
      {
        path: 'health.interval',
        message: 'a duration needs a unit: write 5s if that is meant (units: ms, s, m, h, d)',
      },
    ],
  },
  {
    story: 'a rise of 0',
    kind: 'service',
    body: { name: 'shop', health: { rise: 0 } },
    issues: [{ path: 'health.rise', message: '0 is out of range: write a whole number from 1 to 100' }],
  },
  {
    story: 'a status of 1000',
    kind: 'service',
    body: { name: 'shop', health: { type: 'http', status: 1000 } },
    issues: [
      {
        path: 'health.status',
        message:
          '1000 is no status or range: write statuses from 100 to 599, such as 200, "200-399" or [200, "300-399"]',
      },
    ],
  },
  {
    story: 'an unknown method',
    kind: 'service',
    body: { name: 'shop', health: { type: 'http', method: 'get' } },
    issues: [
      {
        path: 'health.method',
        message: 'is the text "get": did you mean "GET"? Allowed: GET, HEAD, OPTIONS, POST',
      },
    ],
  },
  {
    story: 'a retry of -1',
    kind: 'service',
    body: { name: 'shop', retries: { attempts: -1 } },
    issues: [{ path: 'retries.attempts', message: '-1 is out of range: write a whole number from 0 to 10' }],
  },
  {
    story: 'a timeout that overflows a timer',
    kind: 'service',
    body: { name: 'shop', timeouts: { response: '30d' } },
    issues: [{ path: 'timeouts.response', message: '30d is out of range: write a duration from 10ms to 1d' }],
  },
  {
    story: 'a duration of ten to the twenty',
    kind: 'service',
    body: { name: 'shop', timeouts: { response: '100000000000000000000ms' } },
    issues: [
      {
        path: 'timeouts.response',
        message:
          '"100000000000000000000ms" is no duration: write a number and a unit (ms, s, m, h, d), such as 5s',
      },
    ],
  },
  {
    story: 'verify as a text',
    kind: 'service',
    body: { name: 'shop', tls: { verify: 'false' } },
    issues: [{ path: 'tls.verify', message: 'must be true or false, not the text "false"' }],
  },
  {
    story: 'mistakes in several places',
    kind: 'service',
    body: {
      name: 'Shop',
      hosts: ['*'],
      backends: [{ url: 'http://127.0.0.1:9001' }, { url: 'nonsense', weight: -1, stat: 'enabled' }],
      retries: {},
      slowStart: 'x',
    },
    issues: [
      {
        path: 'name',
        message: '"Shop" is no service name: write lower-case letters, digits and "-", such as shop',
      },
      { path: 'hosts[0]', message: '"*" is no host: leave `hosts` out to take any host' },
      {
        path: 'backends[1].url',
        message:
          '"nonsense" is no URL of a backend: write scheme, host and port, such as http://10.0.0.7:8080',
      },
      { path: 'backends[1].weight', message: '-1 is out of range: write a whole number from 0 to 1000' },
      { path: 'backends[1].stat', message: 'is no known key: did you mean "state"?' },
      {
        path: 'slowStart',
        message: '"x" is no duration: write a number and a unit (ms, s, m, h, d), such as 5s, or off',
      },
    ],
  },
];
