import type { BrokenFile } from './broken-file.js';

export const CONFLICTS: readonly BrokenFile[] = [
  {
    story: 'an admin API without tokens that other machines can reach',
    yaml: ['admin:', '  host: 0.0.0.0', '  authentication: off'],
    issues: [
      '3:19: admin.authentication: is off, and 0.0.0.0 can be reached from other machines: set `host` to 127.0.0.1, or remove `authentication`',
    ],
  },
  {
    story: 'a certificate without its key',
    yaml: ['admin: { tls: { cert: admin.pem } }'],
    issues: ['1:15: admin.tls.key: is missing: write a text'],
  },
  {
    story: 'two services of one name',
    yaml: ['services:', '  - { name: shop, hosts: [a.test] }', '  - { name: shop, hosts: [b.test] }'],
    issues: [
      '3:13: services[1].name: "shop" is the name of another service (services[0]): names are unique, so choose another',
    ],
  },
  {
    story: 'two services on one host',
    yaml: [
      'services:',
      '  - { name: shop, hosts: [a.test] }',
      '  - { name: other, hosts: [b.test, A.TEST] }',
    ],
    issues: [
      '3:36: services[1].hosts[1]: "A.TEST" with path "/" belongs to service "shop" (services[0]): change the host, or set other `paths`',
    ],
  },
  {
    story: 'two services on one host and path',
    yaml: [
      'services:',
      '  - { name: shop, hosts: [a.test], paths: [/, /api] }',
      '  - { name: other, hosts: [a.test], paths: [/api/] }',
    ],
    issues: [
      '3:28: services[1].hosts[0]: "a.test" with path "/api/" belongs to service "shop" (services[0]): change the host, or set other `paths`',
    ],
  },
  {
    story: 'two services for any host',
    yaml: ['services:', '  - name: shop', '  - name: other'],
    issues: [
      '3:5: services[1]: takes any host with path "/", as service "shop" (services[0]) does: set `hosts`, or other `paths`',
    ],
  },
  {
    story: 'a wildcard twice',
    yaml: [
      'services:',
      '  - { name: shop, hosts: ["*.a.test"] }',
      '  - { name: other, hosts: ["*.a.test"] }',
    ],
    issues: [
      '3:28: services[1].hosts[0]: "*.a.test" with path "/" belongs to service "shop" (services[0]): change the host, or set other `paths`',
    ],
  },
  {
    story: 'a host twice in a service',
    yaml: ['services:', '  - name: shop', '    hosts: [a.test, A.test]'],
    issues: ['3:21: services[0].hosts[1]: "A.test" is listed already, as item 0: remove it'],
  },
  {
    story: 'a path twice in a service',
    yaml: ['services:', '  - name: shop', '    paths: [/api, /api/]'],
    issues: ['3:19: services[0].paths[1]: "/api/" is listed already, as item 0: remove it'],
  },
  {
    story: 'one backend twice',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends:',
      '      - http://127.0.0.1:9001',
      '      - { url: "http://127.0.0.1:9001/", weight: 2 }',
    ],
    issues: [
      '5:16: services[0].backends[1].url: is the same server as backends[0] (http://127.0.0.1:9001): remove one, or raise its weight',
    ],
  },
  {
    story: 'one backend twice through its implied port',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends:',
      '      - http://app.test',
      '      - HTTP://APP.test:80',
    ],
    issues: [
      '5:9: services[0].backends[1]: is the same server as backends[0] (http://app.test:80): remove one, or raise its weight',
    ],
  },
  {
    story: 'weight 0 everywhere',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends:',
      '      - { url: "http://127.0.0.1:9001", weight: 0 }',
      '      - { url: "http://127.0.0.1:9002", weight: 0 }',
    ],
    issues: [
      '4:7: services[0].backends: all have weight 0, so no request could be served: give at least one a weight of 1 or more (to take a backend out, set its state)',
    ],
  },
  {
    story: 'two listeners on one port',
    yaml: ['listeners: [{ port: 8000 }, { host: 127.0.0.1, port: 8000 }]'],
    issues: ['1:54: listeners[1].port: 8000 is taken by listeners[0] (0.0.0.0:8000): choose another port'],
  },
  {
    story: 'the admin API on the port of a listener',
    yaml: ['listeners: [{ port: 3000 }]'],
    issues: ['1:1: admin.port: 3000 is taken by listeners[0] (0.0.0.0:3000): choose another port'],
  },
  {
    story: 'the wire lane without worker threads',
    yaml: ['workers: inline', 'listeners: [{ lane: auto }, { port: 8001, lane: wire }]'],
    issues: [
      '2:49: listeners[1].lane: wire needs worker threads, and `workers: inline` has none: write auto or http, or set `workers` to a number',
    ],
  },
  {
    story: 'no listener',
    yaml: ['listeners: []'],
    issues: ['1:12: listeners: is an empty list: write at least one item, or remove the key'],
  },
];
