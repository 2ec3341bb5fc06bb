import type { BrokenFile } from './broken-file.js';

export const MANY: readonly BrokenFile[] = [
  {
    story: 'everything at once',
    yaml: [
      'workers: 0',
      'vai: edge',
      'listeners: [{ port: 70000 }]',
      'services:',
      '  - name: shop',
      '    hosts: [a.test]',
      '    algorithm: round-robbin',
      '    backends:',
      '      - { url: "http://127.0.0.1:9001/x", weight: "3" }',
      '      - http://127.0.0.1:9002',
      '      - http://127.0.0.1:9002',
      '    health: { timeout: 9s }',
      '  - name: shop',
      '    hosts: [a.test]',
      '    retries: ',
      '      attempts: ${TRIES}',
    ],
    issues: [
      '1:10: workers: 0 is out of range: write a whole number from 1 to 64',
      '2:1: vai: is no known key: did you mean "via"?',
      '3:21: listeners[0].port: 70000 is out of range: write a whole number from 0 to 65535',
      '7:16: services[0].algorithm: is the text "round-robbin": did you mean "round-robin"? Allowed: round-robin, weighted-round-robin, least-connections, random, power-of-two-choices, peak-ewma, ip-hash, url-hash, header-hash, sticky-round-robin',
      '9:16: services[0].backends[0].url: must not have a path, so remove "/x": the client\'s own path is sent on unchanged',
      '9:51: services[0].backends[0].weight: must be a number, not the text "3": remove the quotes',
      '11:9: services[0].backends[2]: is the same server as backends[1] (http://127.0.0.1:9002): remove one, or raise its weight',
      '12:24: services[0].health.timeout: 9s must be below the interval (5s): lower it, or raise `interval`',
      '13:11: services[1].name: "shop" is the name of another service (services[0]): names are unique, so choose another',
      '14:13: services[1].hosts[0]: "a.test" with path "/" belongs to service "shop" (services[0]): change the host, or set other `paths`',
      '16:17: services[1].retries.attempts: needs the environment variable TRIES, which is not set: set it, or write ${TRIES:-default}',
    ],
  },
];
