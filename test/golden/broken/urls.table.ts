import type { BrokenFile } from './broken-file.js';

export const URLS: readonly BrokenFile[] = [
  {
    story: 'a URL without a scheme',
    yaml: ['services:', '  - name: shop', '    backends:', '      - 127.0.0.1:9001'],
    issues: [
      '4:9: services[0].backends[0]: "127.0.0.1:9001" is no URL of a backend: write scheme, host and port, such as http://10.0.0.7:8080',
    ],
  },
  {
    story: 'a URL without a host',
    yaml: ['services:', '  - name: shop', '    backends:', '      - "http://:9001"'],
    issues: [
      '4:9: services[0].backends[0]: "http://:9001" has no host: write scheme, host and port, such as http://10.0.0.7:8080',
    ],
  },
  {
    story: 'a URL with an empty port',
    yaml: ['services:', '  - name: shop', '    backends:', '      - "http://127.0.0.1:"'],
    issues: [
      '4:9: services[0].backends[0]: "http://127.0.0.1:" has no valid port: write one from 1 to 65535, such as http://10.0.0.7:8080',
    ],
  },
  {
    story: 'a URL with port 0',
    yaml: ['services:', '  - name: shop', '    backends:', '      - http://127.0.0.1:0'],
    issues: [
      '4:9: services[0].backends[0]: "http://127.0.0.1:0" has no valid port: write one from 1 to 65535, such as http://10.0.0.7:8080',
    ],
  },
  {
    story: 'a URL with port 99999',
    yaml: ['services:', '  - name: shop', '    backends:', '      - http://127.0.0.1:99999'],
    issues: [
      '4:9: services[0].backends[0]: "http://127.0.0.1:99999" has no valid port: write one from 1 to 65535, such as http://10.0.0.7:8080',
    ],
  },
  {
    story: 'a URL with a path',
    yaml: ['services:', '  - name: shop', '    backends:', '      - http://127.0.0.1:9001/api'],
    issues: [
      '4:9: services[0].backends[0]: must not have a path, so remove "/api": the client\'s own path is sent on unchanged',
    ],
  },
  {
    story: 'a URL with a query',
    yaml: ['services:', '  - name: shop', '    backends:', '      - http://127.0.0.1:9001?a=1'],
    issues: [
      '4:9: services[0].backends[0]: must not have a query, so remove "?a=1": the client\'s own path is sent on unchanged',
    ],
  },
  {
    story: 'a URL with a fragment',
    yaml: ['services:', '  - name: shop', '    backends:', '      - "http://127.0.0.1:9001#top"'],
    issues: [
      '4:9: services[0].backends[0]: must not have a fragment, so remove "#top": the client\'s own path is sent on unchanged',
    ],
  },
  {
    story: 'a URL with credentials',
    yaml: ['services:', '  - name: shop', '    backends:', '      - http://admin:secret@127.0.0.1:9001'],
    issues: [
      '4:9: services[0].backends[0]: must not carry a user name or password: backends are called without credentials',
    ],
  },
  {
    story: 'a URL of another scheme',
    yaml: ['services:', '  - name: shop', '    backends:', '      - ftp://127.0.0.1:9001'],
    issues: [
      '4:9: services[0].backends[0]: "ftp://127.0.0.1:9001" must start with http:// or https://, not ftp://',
    ],
  },
  {
    story: 'a URL of a WebSocket',
    yaml: ['services:', '  - name: shop', '    backends:', '      - ws://127.0.0.1:9001'],
    issues: [
      '4:9: services[0].backends[0]: "ws://127.0.0.1:9001" must start with http:// : WebSocket upgrades pass through backends of that scheme',
    ],
  },
  {
    story: 'an IPv6 address without brackets',
    yaml: ['services:', '  - name: shop', '    backends:', '      - http://::1:9001'],
    issues: [
      '4:9: services[0].backends[0]: "http://::1:9001" has too many colons: an IPv6 address goes in brackets, such as http://[::1]:8080',
    ],
  },
  {
    story: 'an address out of range',
    yaml: ['services:', '  - name: shop', '    backends:', '      - http://300.1.1.1:9001'],
    issues: [
      '4:9: services[0].backends[0]: "300.1.1.1" is no host name or address: write for example http://10.0.0.7:8080',
    ],
  },
  {
    story: 'an address in hex',
    yaml: ['services:', '  - name: shop', '    backends:', '      - http://0x7f.1:9001'],
    issues: [
      '4:9: services[0].backends[0]: "0x7f.1" is no host name or address: write for example http://10.0.0.7:8080',
    ],
  },
  {
    story: 'a space in a URL',
    yaml: ['services:', '  - name: shop', '    backends:', '      - "http://127.0.0.1 :9001"'],
    issues: [
      '4:9: services[0].backends[0]: "http://127.0.0.1 :9001" has a space or line break in it: remove it',
    ],
  },
  {
    story: 'an empty URL',
    yaml: ['services:', '  - name: shop', '    backends:', '      - ""'],
    issues: [
      '4:9: services[0].backends[0]: "" is no URL of a backend: write scheme, host and port, such as http://10.0.0.7:8080',
    ],
  },
];
