import type { BrokenFile } from './broken-file.js';

export const TYPES: readonly BrokenFile[] = [
  {
    story: 'a text for a number',
    yaml: ['admin: { port: "3000" }'],
    issues: ['1:16: admin.port: must be a number, not the text "3000": remove the quotes'],
  },
  {
    story: 'a number for a text',
    yaml: ['via: 12'],
    issues: ['1:6: via: must be a text, not the number 12: put it in quotes'],
  },
  {
    story: 'a text for a list',
    yaml: ['services:', '  - name: shop', '    hosts: shop.test'],
    issues: ['3:12: services[0].hosts: must be a list, not the text "shop.test": write ["shop.test"]'],
  },
  {
    story: 'nothing for a list',
    yaml: ['services:'],
    issues: ['1:10: services: has no value: write a list, or remove the key'],
  },
  {
    story: 'an object for a list',
    yaml: ['services: { name: shop }'],
    issues: ['1:11: services: must be a list, not an object'],
  },
  {
    story: 'a number for a service',
    yaml: ['services: [5]'],
    issues: ['1:12: services[0]: must be an object (keys with values), not the number 5'],
  },
  {
    story: 'yes for true',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends:',
      '      - { url: "http://127.0.0.1:9001", backup: yes }',
    ],
    issues: ['4:49: services[0].backends[0].backup: must be true or false, not the text "yes"'],
  },
  {
    story: 'a fraction for a weight',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends:',
      '      - { url: "http://127.0.0.1:9001", weight: 1.5 }',
    ],
    issues: ['4:49: services[0].backends[0].weight: 1.5 is no whole number'],
  },
  {
    story: 'not a number for a weight',
    yaml: [
      'services:',
      '  - name: shop',
      '    backends:',
      '      - { url: "http://127.0.0.1:9001", weight: .nan }',
    ],
    issues: ['4:49: services[0].backends[0].weight: must be a number, not NaN'],
  },
  {
    story: 'workers as a text',
    yaml: ['workers: many'],
    issues: ['1:10: workers: is the text "many": write one of auto, inline, or a number'],
  },
  {
    story: 'workers as a list',
    yaml: ['workers: [1]'],
    issues: ['1:10: workers: must be one of auto, inline or a number, not a list'],
  },
  {
    story: 'a number for a backend',
    yaml: ['services:', '  - name: shop', '    backends:', '      - 9001'],
    issues: [
      '4:9: services[0].backends[0]: must be an object (keys with values) or a text, not the number 9001',
    ],
  },
  {
    story: 'a number for an algorithm',
    yaml: ['services:', '  - name: shop', '    algorithm: 3'],
    issues: [
      '3:16: services[0].algorithm: must be one of round-robin, weighted-round-robin, least-connections, random, power-of-two-choices, peak-ewma, ip-hash, url-hash, header-hash, sticky-round-robin or an object (keys with values), not the number 3',
    ],
  },
  {
    story: 'a name that is missing',
    yaml: ['services:', '  - hosts: [a.test]'],
    issues: ['2:5: services[0].name: is missing: write a text'],
  },
  {
    story: 'a URL that is missing',
    yaml: ['services:', '  - name: shop', '    backends:', '      - { weight: 2 }'],
    issues: ['4:9: services[0].backends[0].url: is missing: write a text'],
  },
];
