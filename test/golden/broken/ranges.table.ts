import type { BrokenFile } from './broken-file.js';

export const RANGES: readonly BrokenFile[] = [
  {
    story: 'a port too large',
    yaml: ['admin: { port: 65536 }'],
    issues: ['1:16: admin.port: 65536 is out of range: write a whole number from 0 to 65535'],
  },
  {
    story: 'a negative port',
    yaml: ['listeners: [{ port: -1 }]'],
    issues: ['1:21: listeners[0].port: -1 is out of range: write a whole number from 0 to 65535'],
  },
  {
    story: 'no connections',
    yaml: ['listeners: [{ limits: { connections: 0 } }]'],
    issues: [
      '1:38: listeners[0].limits.connections: 0 is out of range: write a whole number from 1 to 1000000',
    ],
  },
  {
    story: 'no connections of an address',
    yaml: ['listeners: [{ limits: { connectionsPerAddress: 0 } }]'],
    issues: [
      '1:48: listeners[0].limits.connectionsPerAddress: 0 is out of range: write a whole number from 1 to 1000000, or off',
    ],
  },
  {
    story: 'connections without a limit',
    yaml: ['listeners: [{ limits: { connections: off } }]'],
    issues: ['1:38: listeners[0].limits.connections: must be a number, not the text "off"'],
  },
  {
    story: 'a thousand workers',
    yaml: ['workers: 1000'],
    issues: ['1:10: workers: 1000 is out of range: write a whole number from 1 to 64'],
  },
  {
    story: 'a weight of 1001',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends:',
      '      - { url: "http://127.0.0.1:9001", weight: 1001 }',
    ],
    issues: [
      '4:49: services[0].backends[0].weight: 1001 is out of range: write a whole number from 0 to 1000',
    ],
  },
  {
    story: 'a negative weight',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends:',
      '      - { url: "http://127.0.0.1:9001", weight: -1 }',
    ],
    issues: ['4:49: services[0].backends[0].weight: -1 is out of range: write a whole number from 0 to 1000'],
  },
  {
    story: 'twenty retries',
    yaml: ['services:', '  - name: shop', '    retries: { attempts: 20 }'],
    issues: ['3:26: services[0].retries.attempts: 20 is out of range: write a whole number from 0 to 10'],
  },
  {
    story: 'a rise of 0',
    yaml: ['services:', '  - name: shop', '    health: { rise: 0 }'],
    issues: ['3:21: services[0].health.rise: 0 is out of range: write a whole number from 1 to 100'],
  },
  {
    story: 'a fall of 101',
    yaml: ['services:', '  - name: shop', '    health: { fall: 101 }'],
    issues: ['3:21: services[0].health.fall: 101 is out of range: write a whole number from 1 to 100'],
  },
  {
    story: 'a timeout above the interval',
    yaml: ['services:', '  - name: shop', '    health: { interval: 2s, timeout: 3s }'],
    issues: [
      '3:38: services[0].health.timeout: 3s must be below the interval (2s): lower it, or raise `interval`',
    ],
  },
  {
    story: 'an interval below the inherited timeout',
    yaml: ['services:', '  - name: shop', '    health: { interval: 1s }'],
    issues: [
      '3:25: services[0].health.interval: 1s must be above the timeout (2s): raise it, or set `timeout` lower',
    ],
  },
  {
    story: 'defaults with a timeout as long as the interval',
    yaml: ['defaults: { health: { timeout: 5s } }'],
    issues: [
      '1:32: defaults.health.timeout: 5s must be below the interval (5s): lower it, or raise `interval`',
    ],
  },
  {
    story: 'a status of 99',
    yaml: ['services:', '  - name: shop', '    health: { type: http, status: 99 }'],
    issues: [
      '3:35: services[0].health.status: 99 is no status or range: write statuses from 100 to 599, such as 200, "200-399" or [200, "300-399"]',
    ],
  },
  {
    story: 'statuses backwards',
    yaml: ['services:', '  - name: shop', '    health: { type: http, status: "399-200" }'],
    issues: [
      '3:35: services[0].health.status: "399-200" is no status or range: write statuses from 100 to 599, such as 200, "200-399" or [200, "300-399"]',
    ],
  },
  {
    story: 'a bounded load of 1',
    yaml: ['services:', '  - name: shop', '    algorithm: { name: ip-hash, boundedLoad: 1 }'],
    issues: [
      '3:46: services[0].algorithm.boundedLoad: is out of range: write a number from 1.01 to 100, or off',
    ],
  },
  {
    story: 'a bounded load in words',
    yaml: ['services:', '  - name: shop', '    algorithm: { name: ip-hash, boundedLoad: none }'],
    issues: ['3:46: services[0].algorithm.boundedLoad: is the text "none": write off, or a number'],
  },
];
