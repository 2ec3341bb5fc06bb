import { ELASTIC_SECTIONS, ELASTIC_SERVICE_SECTIONS } from './elastic-sections.js';
import { objectOf, ofService, property, propertyIn, service, type PageSection } from './page-section.js';
import { POLICY_SECTIONS } from './policy-sections.js';

const SECTION_KEYS = [
  'admin',
  'accessLog',
  'healthLog',
  'auditLog',
  'scalingLog',
  'drivers',
  'discovery',
  'history',
  'redis',
  'tracing',
  'shutdown',
  'log',
  'defaults',
];
const SERVICE_KEYS = [
  'health',
  'timeouts',
  'overrides',
  'rateLimits',
  'queue',
  'retries',
  'fallback',
  'tls',
  'maintenance',
  'redirect',
  'headers',
  'rewrite',
  'split',
  'mirror',
  'scaling',
  'accessLog',
];

export const PAGE_SECTIONS: readonly PageSection[] = [
  {
    heading: 'Top level',
    text: 'Every key may be left out; an empty file is a valid configuration without services.',
    node: (root) => root,
    elsewhere: SECTION_KEYS,
    example: `services:
  - name: web
    backends:
      - http://127.0.0.1:9001
      - http://127.0.0.1:9002
`,
  },
  {
    heading: '`listeners`: where traffic arrives',
    text: 'A list. No two listeners, nor a listener and the admin API, may have the same address and port.',
    node: (root) => property('listeners')(root).items!,
    example: `listeners:
  - { host: 0.0.0.0, port: 8000, timeouts: { head: 10s }, limits: { head: 32KiB } }
`,
  },
  {
    heading: '`admin`: the admin API',
    text: 'It listens on an address and port of its own. With `tls`, `cert` and `key` are both needed. See [access](access.md).',
    node: property('admin'),
    example: `admin:
  host: 0.0.0.0
  port: 3000
  allowedHosts: [velocity.example.com]
`,
  },
  {
    heading: '`storage` with `driver: sqlite`',
    text: 'The default: one file, nothing to install.',
    node: (root) => property('storage')(root).oneOf![0]!,
    example: `storage: { driver: sqlite, path: data/velocity.db }
`,
  },
  {
    heading: '`storage` with `driver: mongodb`',
    text: 'For several balancers that share one registry, and for queries over the logs.',
    node: (root) => property('storage')(root).oneOf![1]!,
    example: `storage:
  driver: mongodb
  uri: \${MONGODB_URI:-mongodb://127.0.0.1:27017/velocity}
`,
  },
  {
    heading: '`redis`',
    text: 'Where several balancers count rate limits with `shared: true` together. Needed by nothing else: see [rate limits](rate-limits.md#several-balancers).',
    node: property('redis'),
    example: `redis: { url: "\${REDIS_URL:-redis://127.0.0.1:6379}" }
services:
  - name: shop
    backends: [http://10.0.0.7:8080]
    rateLimits: [{ by: ip, rate: 100/1m, shared: true }]
`,
  },
  {
    heading: '`tracing`',
    text: 'Distributed traces by W3C Trace Context: see [tracing](tracing.md). Without it, `traceparent` and `tracestate` are passed on as they come.',
    node: property('tracing'),
    example: `tracing: { sample: 10%, otlp: { url: "http://127.0.0.1:4318" } }
`,
  },
  {
    heading: '`tracing.otlp`: where spans go',
    text: 'OTLP over HTTP, as OpenTelemetry collectors and most back ends take it.',
    node: (root) => propertyIn(property('tracing')(root), 'otlp'),
  },
  {
    heading: '`blocklist` and `allowlist`: who is not served',
    text: 'Lists of addresses and CIDR blocks, or of objects with these keys.',
    node: (root) => objectOf(property('blocklist')(root).items!),
  },
  {
    heading: '`bans`: who is banned without anybody’s doing',
    text: 'A list of rules with these keys.',
    node: (root) => property('bans')(root).items!,
  },
  {
    heading: '`accessLog`',
    text: 'One record for each exchange. `enabled`, `retention`, `maxBuffered` and `outputs` are read at the start; the other keys take effect at once, and services may say otherwise. See [access log](access-log.md).',
    node: property('accessLog'),
    elsewhere: ['fields', 'outputs'],
    example: `accessLog:
  retention: 14d
  sample: 10%
  always: [errors, drops, slow, retries]
  slow: 500ms
  headers: [X-Tenant]
  redact: { query: [email], client: network }
`,
  },
  {
    heading: '`outputs` of `accessLog`',
    text: 'A list of objects with these keys. What cannot be written, as the disk is full or nobody reads, waits in memory of a bounded size, then it is lost, counted and shown; traffic never waits for it.',
    node: (root) => property('accessLog')(root).properties!['outputs']!.items!,
    example: `accessLog:
  outputs:
    - { to: stdout }
    - { to: /var/log/velocity/access.log, format: combined }
`,
  },
  {
    heading: '`fields` of `accessLog`',
    text: '`all`, or an object with this key.',
    node: (root) => objectOf(property('accessLog')(root).properties!['fields']!),
    example: `accessLog:
  fields: { without: [userAgent, referer] }
`,
  },
  {
    heading: '`healthLog`',
    text: 'Records of probes and of changes of health.',
    node: property('healthLog'),
  },
  {
    heading: '`auditLog`',
    text: 'Records of changes, and of attempts that were refused.',
    node: property('auditLog'),
  },
  ...ELASTIC_SECTIONS,
  {
    heading: '`history`',
    text: 'How far back the history of the desired state goes: each revision with who made it, what changed and what it held. A revision that is under guard, and the one before it, stay.',
    node: property('history'),
  },
  { heading: '`shutdown`', text: 'How the balancer stops.', node: property('shutdown') },
  {
    heading: '`log`',
    text: 'What the balancer says about itself on standard output.',
    node: property('log'),
  },
  {
    heading: '`services`: the applications',
    text: 'A list. A request goes to the service with the exact host, else the longest wildcard, else those of any host; among these to the one with the longest path prefix. No two services may have the same host and path.',
    node: service,
    elsewhere: SERVICE_KEYS,
    example: `services:
  - name: shop
    hosts: [shop.example.com, "*.shop.example.com"]
    algorithm: weighted-round-robin
    backends:
      - { url: "http://10.0.0.7:8080", weight: 3 }
      - { url: "http://10.0.0.8:8080" }
      - { url: "http://10.0.1.7:8080", backup: true }
    health: { type: http, path: /health }
  - name: shop-api
    hosts: [shop.example.com]
    paths: [/api]
    backends: [http://10.0.0.9:8080]
    retries: { attempts: 1 }
`,
  },
  {
    heading: '`backends` of a service',
    text: 'A list of objects with these keys, or of URLs. No URL twice; not all of them with weight 0.',
    node: (root) => objectOf(ofService('backends')(root).items!),
  },
  {
    heading: '`algorithm` of a service',
    text: 'A name, or an object with these keys.',
    node: (root) => objectOf(ofService('algorithm')(root)),
    example: `services:
  - name: chat
    algorithm: { name: sticky-round-robin, cookie: chat-backend }
    backends: [http://10.0.0.7:8080, http://10.0.0.8:8080]
`,
  },
  {
    heading: '`health` of a service',
    text: 'How its backends are probed. `path`, `method`, `headers`, `status` and `body` are refused beside `type: tcp` or `none`, where they would do nothing.',
    node: ofService('health'),
    example: `services:
  - name: shop
    backends: [http://10.0.0.7:8080]
    health:
      type: http
      path: /health
      headers: { host: shop.example.com }
      status: [200, "300-399"]
      interval: 2s
      timeout: 1s
`,
  },
  {
    heading: '`timeouts` of a service',
    text: 'How long to wait for what; what happens then is described in [timeouts](timeouts.md). None of `connect`, `body`, `response` and `responseIdle` may be written longer than `request`, of which they are parts.',
    node: ofService('timeouts'),
  },
  ...POLICY_SECTIONS,
  ...ELASTIC_SERVICE_SECTIONS,
  {
    heading: '`tls` of a service',
    text: 'For backends with an `https:` URL and for `https` probes.',
    node: ofService('tls'),
    example: `services:
  - name: vault
    backends: [https://10.0.0.7:8443]
    tls: { serverName: vault.internal }
`,
  },
  {
    heading: '`defaults`: what every service inherits',
    text: 'The keys `algorithm`, `health`, `timeouts`, `retries`, `circuitBreaker`, `ejection`, `panicThreshold`, `fallback`, `maxInFlight`, `maxInFlightPerBackend`, `queue`, `slowStart`, `tls` and `accessLog` of a service. Inside of `health`, `timeouts`, `retries`, `circuitBreaker`, `ejection`, `queue`, `tls` and `accessLog` each key is inherited by itself; `algorithm`, `fallback`, the `headers` of a probe, and the `statuses` and `hedge` of retries as a whole.',
    node: property('defaults'),
    elsewhere: SERVICE_KEYS,
    example: `defaults:
  health: { type: http, path: /health, interval: 2s, timeout: 1s }
  timeouts: { connect: 1s }
services:
  - name: shop
    hosts: [shop.example.com]
    health: { path: /ready }
`,
  },
];
