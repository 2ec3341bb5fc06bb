import type { BrokenFile } from './broken-file.js';

export const LEGACY: readonly BrokenFile[] = [
  {
    story: 'an older and a new port',
    yaml: ['api_port: 3000', 'admin: { port: 3001 }'],
    issues: ['1:1: api_port: is the older name of `admin.port`, which is set too: remove `api_port`'],
  },
  {
    story: 'an older and a new listener',
    yaml: ['listen_port: 80', 'listeners: [{ port: 8000 }]'],
    issues: [
      '1:1: listen_port: is the older name of `listeners[0].port`, which is set too: remove `listen_port`',
    ],
  },
  {
    story: 'an older port out of range',
    yaml: ['listen_port: 80000'],
    issues: ['1:14: listen_port: 80000 is out of range: write a whole number from 0 to 65535'],
  },
  {
    story: 'an older domain that is no host',
    yaml: ['services:', '  - { domain: "http://a.test", targetURLs: [] }'],
    issues: [
      '2:15: services[0].domain: "http://a.test" must be a bare host name without a scheme: write "a.test"',
    ],
  },
  {
    story: 'an older URL with a path',
    yaml: ['services:', '  - domain: a.test', '    targetURLs: ["http://127.0.0.1:9001/x"]'],
    issues: [
      '3:18: services[0].targetURLs[0]: must not have a path, so remove "/x": the client\'s own path is sent on unchanged',
    ],
  },
  {
    story: 'an older algorithm that never was',
    yaml: ['services:', '  - { domain: a.test, algorythm: Fastest }'],
    issues: [
      '2:34: services[0].algorythm: is the text "Fastest": write one of round-robin, weighted-round-robin, least-connections, random, power-of-two-choices, peak-ewma, ip-hash, url-hash, header-hash, sticky-round-robin',
    ],
  },
  {
    story: 'domain beside hosts',
    yaml: ['services:', '  - { name: a, domain: a.test, hosts: [b.test] }'],
    issues: ['2:16: services[0].domain: is the older name of `hosts`, which is set too: remove `domain`'],
  },
];
