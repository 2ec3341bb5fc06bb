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
