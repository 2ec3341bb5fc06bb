import type { BrokenFile } from './broken-file.js';

export const KEYS: readonly BrokenFile[] = [
  {
    story: 'an unknown key at the top',
    yaml: ['serivces: []'],
    issues: ['1:1: serivces: is no known key: did you mean "services"?'],
  },
  {
    story: 'an unknown key far from any',
    yaml: ['frontend: {}'],
    issues: [
      '1:1: frontend: is no known key: known here are listeners, admin, workers, storage, redis, tracing, accessLog, healthLog, auditLog, scalingLog, history, drivers, discovery, shutdown, log, via, trustedProxies, blocklist, allowlist, blocklistFiles, rateLimits, bans, defaults, services',
    ],
  },
  {
    story: 'an unknown key in a service',
    yaml: ['services:', '  - name: shop', '    host: [a.test]'],
    issues: ['3:5: services[0].host: is no known key: did you mean "hosts"?'],
  },
  {
    story: 'an unknown key in a backend',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends:',
      '      - { url: "http://127.0.0.1:9001", wieght: 2 }',
    ],
    issues: ['4:41: services[0].backends[0].wieght: is no known key: did you mean "weight"?'],
  },
  {
    story: 'an unknown key in health',
    yaml: ['services:', '  - name: shop', '    health: { type: http, intervall: 5s }'],
    issues: ['3:27: services[0].health.intervall: is no known key: did you mean "interval"?'],
  },
  {
    story: 'a key of a later version',
    yaml: ['services:', '  - name: shop', '    tarpit: []'],
    issues: [
      '3:5: services[0].tarpit: is no known key: known here are name, hosts, paths, backends, rateLimits, blocklist, allowlist, maintenance, redirect, maxBody, headers, rewrite, split, mirror, overrides, scaling, discovery, algorithm, health, timeouts, retries, slowStart, tls, maxInFlight, maxInFlightPerBackend, queue, circuitBreaker, ejection, panicThreshold, fallback, accessLog',
    ],
  },
  {
    story: '__proto__ as a key',
    yaml: ['services:', '  - name: shop', '    __proto__: { polluted: true }'],
    issues: [
      '3:5: services[0].__proto__: is no known key: known here are name, hosts, paths, backends, rateLimits, blocklist, allowlist, maintenance, redirect, maxBody, headers, rewrite, split, mirror, overrides, scaling, discovery, algorithm, health, timeouts, retries, slowStart, tls, maxInFlight, maxInFlightPerBackend, queue, circuitBreaker, ejection, panicThreshold, fallback, accessLog',
    ],
  },
  {
    story: 'an unknown algorithm',
    yaml: ['services:', '  - name: shop', '    algorithm: least-connection'],
    issues: [
      '3:16: services[0].algorithm: is the text "least-connection": did you mean "least-connections"? Allowed: round-robin, weighted-round-robin, least-connections, random, power-of-two-choices, peak-ewma, ip-hash, url-hash, header-hash, sticky-round-robin',
    ],
  },
  {
    story: 'an older name under the new key',
    yaml: ['services:', '  - name: shop', '    algorithm: RoundRobin'],
    issues: [
      '3:16: services[0].algorithm: is the text "RoundRobin": did you mean "round-robin"? Allowed: round-robin, weighted-round-robin, least-connections, random, power-of-two-choices, peak-ewma, ip-hash, url-hash, header-hash, sticky-round-robin',
    ],
  },
  {
    story: 'an algorithm far from any',
    yaml: ['services:', '  - name: shop', '    algorithm: fastest'],
    issues: [
      '3:16: services[0].algorithm: is the text "fastest": write one of round-robin, weighted-round-robin, least-connections, random, power-of-two-choices, peak-ewma, ip-hash, url-hash, header-hash, sticky-round-robin',
    ],
  },
  {
    story: 'an unknown state',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends:',
      '      - { url: "http://127.0.0.1:9001", state: drain }',
    ],
    issues: [
      '4:48: services[0].backends[0].state: is the text "drain": did you mean "draining"? Allowed: enabled, draining, disabled',
    ],
  },
  {
    story: 'an unknown driver',
    yaml: ['storage: { driver: postgres }'],
    issues: ['1:20: storage.driver: is the text "postgres": write one of sqlite, mongodb'],
  },
  {
    story: 'no driver',
    yaml: ['storage: { path: data/x.db }'],
    issues: ['1:10: storage.driver: is missing: write one of sqlite, mongodb'],
  },
  {
    story: 'a path for mongodb',
    yaml: ['storage: { driver: mongodb, path: x.db }'],
    issues: [
      '1:10: storage.uri: is missing: write a text',
      '1:29: storage.path: is no known key: known here are driver, uri, database, initiateReplicaSet',
    ],
  },
  {
    story: 'a URI of another database',
    yaml: ['storage: { driver: mongodb, uri: "postgres://user:secret@db/velocity" }'],
    issues: ['1:34: storage.uri: is no MongoDB URI: write for example mongodb://127.0.0.1:27017/velocity'],
  },
  {
    story: 'an unknown level',
    yaml: ['log: { level: verbose }'],
    issues: [
      '1:15: log.level: is the text "verbose": write one of trace, debug, info, warn, error, fatal, silent',
    ],
  },
  {
    story: 'two services with a typing mistake for hosts: no overlap on top',
    yaml: ['services:', '  - { name: a, host: [a.test] }', '  - { name: b, host: [b.test] }'],
    issues: [
      '2:16: services[0].host: is no known key: did you mean "hosts"?',
      '3:16: services[1].host: is no known key: did you mean "hosts"?',
    ],
  },
  {
    story: 'backends in defaults',
    yaml: ['defaults: { backends: [] }'],
    issues: [
      '1:13: defaults.backends: is no known key: known here are algorithm, health, timeouts, retries, slowStart, tls, maxInFlight, maxInFlightPerBackend, queue, circuitBreaker, ejection, panicThreshold, fallback, accessLog',
    ],
  },
  {
    story: 'a typing mistake in a timeout',
    yaml: ['defaults: { timeouts: { conect: 1s } }'],
    issues: ['1:25: defaults.timeouts.conect: is no known key: did you mean "connect"?'],
  },
];
