import type { BrokenFile } from './broken-file.js';

export const QUEUES: readonly BrokenFile[] = [
  {
    story: 'so many at a time that nobody could be served',
    yaml: ['services:', '  - name: shop', '    backends: [http://127.0.0.1:9001]', '    maxInFlight: 0'],
    issues: [
      '4:18: services[0].maxInFlight: 0 is out of range: write a whole number from 1 to 1000000, or off',
    ],
  },
  {
    story: 'a limit of backends as a word',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends: [http://127.0.0.1:9001]',
      '    maxInFlightPerBackend: none',
    ],
    issues: ['4:28: services[0].maxInFlightPerBackend: is the text "none": write off, or a number'],
  },
  {
    story: 'a limit of a backend below nothing',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends: [{ url: "http://127.0.0.1:9001", maxInFlight: -1 }]',
    ],
    issues: [
      '3:61: services[0].backends[0].maxInFlight: -1 is out of range: write a whole number from 1 to 1000000, or off',
    ],
  },
  {
    story: 'holding without a place to wait in',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends: [http://127.0.0.1:9001]',
      '    queue: { hold: 10s }',
    ],
    issues: ['4:20: services[0].queue.hold: needs places to wait in: write queue.size, such as size: 100'],
  },
  {
    story: 'a queue that nobody ever waits in',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends: [http://127.0.0.1:9001]',
      '    queue: { size: 100 }',
    ],
    issues: [
      '4:20: services[0].queue.size: would never hold anybody: write maxInFlight or maxInFlightPerBackend, beyond which requests wait, or queue.hold',
    ],
  },
  {
    story: 'a hold without a unit',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends: [http://127.0.0.1:9001]',
      '    queue: { size: 100, hold: 10 }',
    ],
    issues: [
      '4:31: services[0].queue.hold: a duration needs a unit: write 10s if that is meant (units: ms, s, m, h, d)',
    ],
  },
  {
    story: 'a key that queues do not have',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends: [http://127.0.0.1:9001]',
      '    maxInFlight: 5',
      '    queue: { length: 100 }',
    ],
    issues: [
      '5:14: services[0].queue.length: is no known key: known here are size, timeout, hold, fair, priority, shed, mode',
    ],
  },
  {
    story: 'a class that nobody knows',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends: [http://127.0.0.1:9001]',
      '    maxInFlight: 5',
      '    queue: { size: 9, priority: [{ path: /a, class: urgent }] }',
    ],
    issues: [
      '5:53: services[0].queue.priority[0].class: is the text "urgent": write one of high, normal, low',
    ],
  },
  {
    story: 'a priority for everybody',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends: [http://127.0.0.1:9001]',
      '    maxInFlight: 5',
      '    queue: { size: 9, priority: [{ class: high }] }',
    ],
    issues: [
      '5:34: services[0].queue.priority[0]: matches every request, so nobody would wait behind anybody: write header, method or path',
    ],
  },
  {
    story: 'a value of no header',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends: [http://127.0.0.1:9001]',
      '    maxInFlight: 5',
      '    queue: { size: 9, priority: [{ path: /a, value: x, class: high }] }',
    ],
    issues: [
      '5:53: services[0].queue.priority[0].value: has no meaning without header: write the header that must have this value',
    ],
  },
  {
    story: 'a priority for paths that are never served',
    yaml: [
      'services:',
      '  - name: shop',
      '    paths: [/api]',
      '    backends: [http://127.0.0.1:9001]',
      '    maxInFlight: 5',
      '    queue: { size: 9, priority: [{ path: /checkout/**, class: high }] }',
    ],
    issues: [
      '6:42: services[0].queue.priority[0].path: "/checkout/**" can never match: the service serves only paths below "/api"',
    ],
  },
  {
    story: 'no priorities at all',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends: [http://127.0.0.1:9001]',
      '    maxInFlight: 5',
      '    queue: { size: 9, priority: [] }',
    ],
    issues: [
      '5:33: services[0].queue.priority: is an empty list: write at least one item, or remove the key',
    ],
  },
  {
    story: 'shedding behind the timeout',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends: [http://127.0.0.1:9001]',
      '    maxInFlight: 5',
      '    queue: { size: 9, timeout: 1s, shed: { target: 500ms } }',
    ],
    issues: [
      '5:52: services[0].queue.shed.target: would shed nobody: who waits for twice 500ms is dropped before by timeout (1s)',
    ],
  },
];
