import type { BrokenFile } from './broken-file.js';

export const MEANING: readonly BrokenFile[] = [
  {
    story: 'header-hash without a header',
    yaml: ['services:', '  - name: shop', '    algorithm: header-hash'],
    issues: [
      '3:16: services[0].algorithm: header-hash needs the header to hash: write { name: header-hash, header: X-User }',
    ],
  },
  {
    story: 'header-hash without a header, long',
    yaml: ['services:', '  - name: shop', '    algorithm: { name: header-hash }'],
    issues: [
      '3:16: services[0].algorithm: header-hash needs the header to hash: write { name: header-hash, header: X-User }',
    ],
  },
  {
    story: 'a header for another algorithm',
    yaml: ['services:', '  - name: shop', '    algorithm: { name: ip-hash, header: X-User }'],
    issues: [
      '3:41: services[0].algorithm.header: has no meaning for ip-hash, only for header-hash: remove it',
    ],
  },
  {
    story: 'a cookie for another algorithm',
    yaml: ['services:', '  - name: shop', '    algorithm: { name: random, cookie: lb }'],
    issues: [
      '3:40: services[0].algorithm.cookie: has no meaning for random, only for sticky-round-robin: remove it',
    ],
  },
  {
    story: 'a bounded load for another algorithm',
    yaml: ['services:', '  - name: shop', '    algorithm: { name: random, boundedLoad: 2 }'],
    issues: [
      '3:45: services[0].algorithm.boundedLoad: has no meaning for random, only for ip-hash, url-hash, header-hash: remove it',
    ],
  },
  {
    story: 'rate limits that cannot be meant',
    yaml: [
      'services:',
      '  - name: shop',
      '    paths: [/api]',
      '    rateLimits:',
      '      - { by: header, rate: 5/1m }',
      '      - { by: ip, header: X-Key, rate: 5/1m }',
      '      - { path: /login, rate: 5/1m }',
      '      - { path: /api/login, rate: 5/1m, burst: 0 }',
      '      - { name: a, rate: 5 }',
      '      - { name: a, rate: 5/100ms }',
      '      - { rate: 5/1m, path: /api/**/x }',
      '      - { rate: 5/1m, path: /api/x* }',
      '      - { rate: 5/1m, method: post }',
      '      - { burst: 5 }',
    ],
    issues: [
      '5:15: services[0].rateLimits[0].by: needs the header whose values are counted: write header, such as header: X-Api-Key',
      '6:27: services[0].rateLimits[1].header: has no meaning without by: header: remove it, or add header to by',
      '7:17: services[0].rateLimits[2].path: "/login" can never match: the service serves only paths below "/api"',
      '8:48: services[0].rateLimits[3].burst: 0 is out of range: write a whole number from 1 to 1000000',
      '9:26: services[0].rateLimits[4].rate: a rate needs a time: write 5/1m if that is meant',
      '10:17: services[0].rateLimits[5].name: "a" is the name of item 4 already: choose another one',
      '10:26: services[0].rateLimits[5].rate: "5/100ms" is no rate: write how many in which time (1s to 1d), such as 100/1m or 5/1s',
      '11:29: services[0].rateLimits[6].path: has "**" before its end: only the last segment may be "**"',
      '12:29: services[0].rateLimits[7].path: has "x*": "*" stands for a whole segment, as in /users/*, and "**" for any rest, as in /users/**',
      '13:31: services[0].rateLimits[8].method: "post" is no method: write it as POST',
      '14:9: services[0].rateLimits[9].rate: is missing: write a text',
    ],
  },
  {
    story: 'rate limits that nothing could count together, and headers that anybody can write',
    yaml: [
      'rateLimits: [{ rate: 5/1m, shared: true }]',
      'services:',
      '  - name: shop',
      '    rateLimits:',
      '      - { rate: 5/1m, shared: true }',
      '      - { rate: 5/1m, shared: false }',
      '      - { by: header, header: X-Forwarded-For, rate: 5/1m }',
    ],
    issues: [
      '1:36: rateLimits[0].shared: needs a Redis to count in: set the top-level key redis, or remove this one',
      '5:31: services[0].rateLimits[0].shared: needs a Redis to count in: set the top-level key redis, or remove this one',
      '7:31: services[0].rateLimits[2].header: "X-Forwarded-For" can say anything, so nothing would be limited: write by: ip, which believes it from trustedProxies only',
    ],
  },
  {
    story: 'a Redis that cannot be meant, without its password in the message',
    yaml: ['redis: { url: "http://user:SECRET@redis.test:6379", prefix: "a b", timeout: 2s }'],
    issues: [
      '1:15: redis.url: is no Redis URL: write for example redis://127.0.0.1:6379 or rediss://user:password@redis.test:6380/0',
      '1:61: redis.prefix: "a b" is no prefix: write letters, digits, ":", "." and "-", at most 64 characters',
      '1:77: redis.timeout: 2s is out of range: write a duration from 1ms to 1s',
    ],
  },
  {
    story: 'a Redis without its place',
    yaml: ['redis: { prefix: a }'],
    issues: ['1:8: redis.url: is missing: write a text'],
  },
  {
    story: 'a header with a space',
    yaml: ['services:', '  - name: shop', '    algorithm: { name: header-hash, header: "X User" }'],
    issues: ['3:45: services[0].algorithm.header: "X User" is no header name'],
  },
  {
    story: 'a probe path for tcp',
    yaml: ['services:', '  - name: shop', '    health: { path: /health }'],
    issues: [
      '3:21: services[0].health.path: is used by http and https probes only, and the type is tcp: add "type: http" or "type: https"',
    ],
  },
  {
    story: 'a probe status for none',
    yaml: ['services:', '  - name: shop', '    health: { type: none, status: 200 }'],
    issues: [
      '3:35: services[0].health.status: is used by http and https probes only, and the type is none: remove it, or set type to http or https',
    ],
  },
  {
    story: 'a body of HEAD',
    yaml: ['services:', '  - name: shop', '    health: { type: http, method: HEAD, body: ok }'],
    issues: [
      '3:47: services[0].health.body: cannot be met: an answer to HEAD has no body; use GET, or remove `body`',
    ],
  },
  {
    story: 'a probe header that frames',
    yaml: ['services:', '  - name: shop', '    health: { type: http, headers: { Content-Length: "5" } }'],
    issues: [
      '3:38: services[0].health.headers.Content-Length: "Content-Length" is set by the probe itself: remove it',
    ],
  },
  {
    story: 'a probe header with a line break',
    yaml: ['services:', '  - name: shop', '    health: { type: http, headers: { X-A: "a\\r\\nB: c" } }'],
    issues: [
      '3:43: services[0].health.headers.X-A: has a control character (such as a line break): remove it',
    ],
  },
  {
    story: 'a probe header that is no text',
    yaml: ['services:', '  - name: shop', '    health: { type: http, headers: { X-A: 5 } }'],
    issues: ['3:43: services[0].health.headers.X-A: must be a text: put it in quotes'],
  },
  {
    story: 'a probe path that is relative',
    yaml: ['services:', '  - name: shop', '    health: { type: http, path: health }'],
    issues: ['3:33: services[0].health.path: "health" must start with "/"'],
  },
  {
    story: 'a CA file that does not exist',
    yaml: ['services:', '  - name: shop', '    tls: { ca: no/such/ca.pem }'],
    issues: [
      '3:16: services[0].tls.ca: "no/such/ca.pem" does not exist: check the path, which starts at the working directory when it is relative',
    ],
  },
  {
    story: 'a CA file that is a directory',
    yaml: ['services:', '  - name: shop', '    tls: { ca: src }'],
    issues: ['3:16: services[0].tls.ca: "src" is no file: name a PEM file with certificates'],
  },
  {
    story: 'a CA file that holds no certificate',
    yaml: ['services:', '  - name: shop', '    tls: { ca: package.json }'],
    issues: [
      '3:16: services[0].tls.ca: "package.json" holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)',
    ],
  },
  {
    story: 'a server name with a port',
    yaml: ['services:', '  - name: shop', '    tls: { serverName: "a.test:443" }'],
    issues: ['3:24: services[0].tls.serverName: "a.test:443" is no host name'],
  },
  {
    story: 'a database name with a slash',
    yaml: ['storage: { driver: mongodb, uri: "mongodb://db:27017/a%2Fb" }'],
    issues: ['1:34: storage.uri: names "a/b", which is no database name'],
  },
  {
    story: 'a database name with a dot',
    yaml: ['storage: { driver: mongodb, uri: "mongodb://db:27017", database: a.b }'],
    issues: ['1:66: storage.database: "a.b" is no database name'],
  },
  {
    story: 'a replica set to initiate that the URI does not name',
    yaml: ['storage: { driver: mongodb, uri: "mongodb://db:27017/velocity", initiateReplicaSet: true }'],
    issues: [
      '1:85: storage.initiateReplicaSet: needs a URI of one server that names its set, such as mongodb://127.0.0.1:27017/velocity?replicaSet=velocity: write one, or remove this key and initiate the set yourself',
    ],
  },
  {
    story: 'a replica set of several servers to initiate',
    yaml: ['storage: { driver: mongodb, uri: "mongodb://a,b/?replicaSet=rs0", initiateReplicaSet: true }'],
    issues: [
      '1:87: storage.initiateReplicaSet: needs a URI of one server that names its set, such as mongodb://127.0.0.1:27017/velocity?replicaSet=velocity: write one, or remove this key and initiate the set yourself',
    ],
  },
];
