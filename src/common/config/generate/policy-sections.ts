import { objectOf, ofService, type PageSection } from './page-section.js';

/** The keys of a service's traffic policies. */
export const POLICY_SECTIONS: readonly PageSection[] = [
  {
    heading: '`overrides` of a service',
    text: 'Timeouts and retries of single paths: a list of objects with these keys. The first one that fits a request applies; what it leaves out is as the service says.',
    node: (root) => ofService('overrides')(root).items!,
    elsewhere: ['timeouts', 'retries'],
    example: `services:
  - name: shop
    backends: [http://10.0.0.7:8080, http://10.0.0.8:8080]
    timeouts: { response: 5s, request: 20s }
    overrides:
      - { path: /reports/**, timeouts: { response: 5m, request: 10m } }
      - { method: POST, path: /orders, retries: { attempts: 0 } }
`,
  },
  {
    heading: '`rateLimits` of a service',
    text: 'A list of objects with these keys. A request must pass every rule that applies to it; what one refuses is not counted by the others. Counted exactly over all worker threads, by the monotonic clock, in memory of a fixed size (131,072 keys; when it is full, the key that is closest to its whole allowance is forgotten). A refused request gets 429 with `Retry-After`, `RateLimit` and `RateLimit-Policy`. See [rate limits](rate-limits.md).',
    node: (root) => ofService('rateLimits')(root).items!,
    example: `services:
  - name: shop
    backends: [http://10.0.0.7:8080]
    rateLimits:
      - { by: ip, rate: 100/1m, burst: 50 }
      - { by: [ip, endpoint], method: POST, path: /login, rate: 5/1m }
      - { by: header, header: X-Api-Key, rate: 1000/1m, mode: shadow }
`,
  },
  {
    heading: '`queue` of a service',
    text: 'How requests wait that are beyond `maxInFlight`, or that find no backend. See [queue](queue.md).',
    node: ofService('queue'),
    elsewhere: ['priority', 'shed'],
    example: `services:
  - name: shop
    backends: [http://10.0.0.7:8080, http://10.0.0.8:8080]
    maxInFlight: 200
    maxInFlightPerBackend: 120
    queue:
      size: 500
      timeout: 5s
      hold: 10s
      priority:
        - { path: /checkout/**, class: high }
        - { header: X-Tier, value: free, class: low }
`,
  },
  {
    heading: '`queue.priority` of a service',
    text: 'A list of objects with these keys; each needs `header`, `method` or `path`. The first that matches decides.',
    node: (root) => ofService('queue')(root).properties!['priority']!.items!,
  },
  {
    heading: '`queue.shed` of a service',
    text: 'An object with these keys, or `off`.',
    node: (root) => objectOf(ofService('queue')(root).properties!['shed']!),
  },
  {
    heading: '`retries` of a service',
    text: 'What happens after a failed attempt. See [retries](retries.md).',
    node: ofService('retries'),
    example: `services:
  - name: shop
    backends: [http://10.0.0.7:8080, http://10.0.0.8:8080]
    retries:
      statuses: [502, 503, 504]
      perTry: 2s
      budget: { share: 10%, minPerSecond: 1 }
      hedge: { after: 200ms }
`,
  },
  {
    heading: '`hedge` of `retries`',
    text: '`off`, or an object with these keys.',
    node: (root) => objectOf(ofService('retries')(root).properties!['hedge']!),
  },
  {
    heading: '`circuitBreaker` of a service',
    text: 'Off, or an object with these keys. See [outages](outages.md).',
    node: (root) => objectOf(ofService('circuitBreaker')(root)),
    example: `services:
  - name: shop
    backends: [http://10.0.0.7:8080, http://10.0.0.8:8080]
    circuitBreaker: { errors: 50%, slow: { share: 80%, over: 2s }, minimum: 20 }
`,
  },
  {
    heading: '`slow` of `circuitBreaker`',
    text: 'Off, or an object with these keys, both required.',
    node: (root) => objectOf(objectOf(ofService('circuitBreaker')(root)).properties!['slow']!),
  },
  {
    heading: '`ejection` of a service',
    text: 'An object with these keys, or `off`. See [outages](outages.md).',
    node: (root) => objectOf(ofService('ejection')(root)),
  },
  {
    heading: '`fallback` of a service',
    text: 'What is done instead of refusing: another service, or a fixed answer. See [outages](outages.md).',
    node: ofService('fallback'),
    example: `services:
  - name: shop
    backends: [http://10.0.0.7:8080]
    fallback: { service: sorry }
  - name: sorry
    hosts: [sorry.internal]
    backends: [http://10.0.0.9:8080]
`,
  },
  {
    heading: '`maintenance` of a service',
    text: 'Everybody but a few is told that the service is under maintenance. See [traffic shaping](traffic-shaping.md), also for the keys that follow.',
    node: ofService('maintenance'),
    example: `services:
  - name: shop
    backends: [http://10.0.0.7:8080]
    maintenance: { retryAfter: 10m, allow: [192.0.2.0/24], body: Back at noon. }
`,
  },
  {
    heading: '`redirect` of a service',
    text: 'Every request is sent elsewhere; what a backend would be needed for is refused beside it.',
    node: ofService('redirect'),
    example: `services:
  - name: shop-old
    hosts: [shop.example.org]
    redirect: { to: "https://shop.example.com{path}{query}" }
`,
  },
  {
    heading: '`maxBody` of a service',
    text: 'A size, or an object with these keys.',
    node: (root) => objectOf(ofService('maxBody')(root)),
    example: `services:
  - name: upload
    backends: [http://10.0.0.7:8080]
    maxBody: 10MiB
`,
  },
  {
    heading: '`headers` of a service',
    text: 'In values `{client}`, `{host}`, `{path}`, `{query}` (with its `?`), `{requestId}` and `{service}` are those of the request. No rule may touch what frames a message, belongs to one connection, or is written by the balancer itself.',
    node: ofService('headers'),
    example: `services:
  - name: shop
    backends: [http://10.0.0.7:8080]
    headers:
      request: { set: { X-Real-IP: "{client}" }, remove: [X-Debug] }
      response: { remove: [Server, X-Powered-By] }
`,
  },
  {
    heading: '`rewrite` of a service',
    text: 'One of these keys.',
    node: ofService('rewrite'),
    example: `services:
  - name: api
    paths: [/api]
    backends: [http://10.0.0.7:8080]
    rewrite: { stripPrefix: /api }
`,
  },
  {
    heading: '`split` of a service',
    text: 'Shares are counted out over all workers, so they are exact.',
    node: ofService('split'),
    example: `services:
  - name: shop
    backends:
      - { url: "http://10.0.0.7:8080", group: stable }
      - { url: "http://10.0.0.8:8080", group: canary }
    split: { groups: { stable: 95, canary: 5 }, header: X-Canary }
`,
  },
  {
    heading: '`mirror` of a service',
    text: 'Copies are made after the original is over, which never waits for them nor fails by them.',
    node: ofService('mirror'),
    example: `services:
  - name: shop
    hosts: [shop.example.com]
    backends: [http://10.0.0.7:8080]
    mirror: { service: shop-next, share: 10% }
  - name: shop-next
    hosts: [next.shop.example.com]
    backends: [http://10.0.0.9:8080]
`,
  },
  {
    heading: '`accessLog` of a service',
    text: 'Which of its exchanges are recorded, and what of them. What it leaves out is as in `defaults`, else as at the top level. See [access log](access-log.md).',
    node: ofService('accessLog'),
    elsewhere: ['fields'],
    example: `services:
  - name: shop
    backends: [http://10.0.0.7:8080]
    accessLog: { sample: 1%, slow: 300ms, redact: { query: all } }
`,
  },
];
