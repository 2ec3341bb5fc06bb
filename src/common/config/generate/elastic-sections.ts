import { ofService, property, propertyIn, type PageSection } from './page-section.js';

const scaling = ofService('scaling');

/** What only a start reads. */
export const ELASTIC_SECTIONS: readonly PageSection[] = [
  {
    heading: '`drivers`: what services may be scaled with',
    text: 'Unless it is named here, a driver cannot be used, whoever asks for it: `process: {}` lets services start commands on this machine, `docker: {}` lets them start containers, and lets labels of containers be looked at, `kubernetes: {}` lets them set the replicas of a Deployment, `webhook: {}` lets them have the wanted number posted to a URL. Whoever may change services over the admin API decides what is started: with `process` that is as good as a shell with the rights of the balancer, with `docker` as good as root on the machine of the engine. See [autoscaling](autoscaling.md).',
    node: property('drivers'),
    elsewhere: ['webhook'],
    example: `drivers:
  process: { folder: data/processes }
  docker: { url: "http://127.0.0.1:2375" }
`,
  },
  {
    heading: '`discovery`: services and backends by the labels of containers',
    text: 'With `docker: {}` they are found on the engine that `drivers.docker` names. See [discovery](discovery.md).',
    node: property('discovery'),
    example: `drivers: { docker: {} }
discovery: { docker: { network: web } }
`,
  },
  {
    heading: '`scalingLog`',
    text: 'Records of decisions on the number of copies, of copies that were started, failed or stopped, and of backends that were found or lost. See [analytics](analytics.md).',
    node: property('scalingLog'),
  },
];

export const ELASTIC_SERVICE_SECTIONS: readonly PageSection[] = [
  {
    heading: '`scaling` of a service',
    text: 'The balancer starts and ends copies of the application, as many as the load needs. Exactly one of `process`, `docker`, `kubernetes` and `webhook` says with what, and the top-level key `drivers` must name it. The copies become backends with the `source` `scaling`, beside those that are typed in; who edits the service leaves them alone. Cannot be used beside `split` and `redirect`. See [autoscaling](autoscaling.md).',
    node: scaling,
    elsewhere: ['process', 'docker', 'kubernetes', 'webhook'],
    example: `drivers: { process: {} }
services:
  - name: shop
    queue: { size: 100, hold: 30s }
    scaling:
      process: { command: node, args: [server.js, --port, "{port}"], ports: 9200-9299 }
      min: 0
      max: 10
      targets: { inFlight: 20, p95: 200ms, cpu: 70% }
      down: { stabilisation: 5m, step: [1, 50%] }
      idle: 10m
      schedules: [{ cron: "0 8 * * 1-5", timezone: Europe/Berlin, for: 10h, min: 4 }]
`,
  },
  {
    heading: '`process` of `scaling`',
    text: 'Each copy is a process on this machine, with the rights of the balancer. Values of `env` with a telling name (`TOKEN`, `DB_PASSWORD` …) are shown to admins only; arguments to everybody who may read the configuration.',
    node: (root) => propertyIn(scaling(root), 'process'),
    example: `drivers: { process: {} }
services:
  - name: shop
    scaling:
      process:
        command: ./server
        args: [--listen, "127.0.0.1:{port}"]
        env: { DB_PASSWORD: "\${DB_PASSWORD:-secret}" }
        folder: /srv/shop
        ports: 9200-9209
`,
  },
  {
    heading: '`docker` of `scaling`',
    text: 'Each copy is a container. Of `env`, what `process` says holds too.',
    node: (root) => propertyIn(scaling(root), 'docker'),
    example: `drivers: { docker: {} }
services:
  - name: shop
    scaling:
      docker: { image: "registry.example.com/shop/web:3", port: 8080, network: web, memory: 256MiB, cpus: 0.5 }
      targets: { cpu: 70% }
`,
  },
  {
    heading: '`kubernetes` of `scaling`',
    text: 'Each copy is a pod of a Deployment, whose `scale` is set; the endpoints of the service are the backends.',
    node: (root) => propertyIn(scaling(root), 'kubernetes'),
    example: `drivers: { kubernetes: {} }
services:
  - name: shop
    scaling:
      kubernetes: { namespace: shop, deployment: web, service: web, port: http }
      targets: { requestsPerSecond: 100 }
`,
  },
  {
    heading: '`webhook` of `scaling`',
    text: 'Somebody else starts and ends the copies; the wanted number is posted to a URL, signed. The backends are typed in, or found by `discovery`.',
    node: (root) => propertyIn(scaling(root), 'webhook'),
    example: `drivers: { webhook: {} }
services:
  - name: shop
    discovery: [{ dns: shop.internal, port: 8080 }]
    scaling:
      webhook: { url: "https://scaler.example.com/shop", secret: "\${SCALER_SECRET:-0123456789abcdef}" }
      targets: { inFlight: 20 }
`,
  },
  {
    heading: '`schedules` of `scaling`',
    text: 'A list of objects with these keys. While several last, the highest `min` counts; it may not be above `max`.',
    node: (root) => propertyIn(scaling(root), 'schedules').items!,
  },
  {
    heading: '`discovery` of a service',
    text: 'A list of objects with these keys: `dns` with what belongs to it, or `file`. What is found becomes a backend whose `source` names where it was found, and goes, once it is drained, when it is found no more. A backend that is typed in stays as it is typed in, also when it is found. See [discovery](discovery.md).',
    node: (root) => ofService('discovery')(root).items!,
    example: `services:
  - name: shop
    discovery:
      - { dns: shop.internal, port: 8080 }
      - { dns: _http._tcp.shop.internal, record: srv }
      - { file: config/shop-backends.yml }
`,
  },
];
