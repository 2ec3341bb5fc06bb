import type { BrokenFile } from './broken-file.js';

export const NAMES: readonly BrokenFile[] = [
  {
    story: 'an upper-case name',
    yaml: ['services: [{ name: Shop }]'],
    issues: [
      '1:20: services[0].name: "Shop" is no service name: write lower-case letters, digits and "-", such as shop',
    ],
  },
  {
    story: 'a name of 64 characters',
    yaml: ['services: [{ name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }]'],
    issues: ['1:20: services[0].name: is 64 characters long: write at most 63'],
  },
  {
    story: 'an empty name',
    yaml: ['services: [{ name: "" }]'],
    issues: [
      '1:20: services[0].name: "" is no service name: write lower-case letters, digits and "-", such as shop',
    ],
  },
  {
    story: 'a host with a scheme',
    yaml: ['services:', '  - name: shop', '    hosts: ["http://a.test"]'],
    issues: [
      '3:13: services[0].hosts[0]: "http://a.test" must be a bare host name without a scheme: write "a.test"',
    ],
  },
  {
    story: 'a host with a port',
    yaml: ['services:', '  - name: shop', '    hosts: ["a.test:8000"]'],
    issues: ['3:13: services[0].hosts[0]: "a.test:8000" must not carry a port: the port is the listener\'s'],
  },
  {
    story: 'a host with a path',
    yaml: ['services:', '  - name: shop', '    hosts: [a.test/api]'],
    issues: ['3:13: services[0].hosts[0]: "a.test/api" must be a host name alone: a path belongs in `paths`'],
  },
  {
    story: 'a star as host',
    yaml: ['services:', '  - name: shop', '    hosts: ["*"]'],
    issues: ['3:13: services[0].hosts[0]: "*" is no host: leave `hosts` out to take any host'],
  },
  {
    story: 'a star in the middle',
    yaml: ['services:', '  - name: shop', '    hosts: [a.*.test]'],
    issues: [
      '3:13: services[0].hosts[0]: "a.*.test" may have one wildcard only, as its first label: "*.example.com"',
    ],
  },
  {
    story: 'a host with umlauts',
    yaml: ['services:', '  - name: shop', '    hosts: [bücher.example]'],
    issues: [
      '3:13: services[0].hosts[0]: "bücher.example" must be written in its ASCII form: "xn--bcher-kva.example"',
    ],
  },
  {
    story: 'a host with a space',
    yaml: ['services:', '  - name: shop', '    hosts: ["a b.test"]'],
    issues: [
      '3:13: services[0].hosts[0]: "a b.test" is no host name: write letters, digits, "-" and "." such as shop.example.com or "*.example.com"',
    ],
  },
  {
    story: 'an empty list of hosts',
    yaml: ['services:', '  - name: shop', '    hosts: []'],
    issues: ['3:12: services[0].hosts: is an empty list: write at least one item, or remove the key'],
  },
  {
    story: 'a path without a slash',
    yaml: ['services:', '  - name: shop', '    paths: [api]'],
    issues: ['3:13: services[0].paths[0]: "api" must start with "/"'],
  },
  {
    story: 'a path with a star',
    yaml: ['services:', '  - name: shop', '    paths: [/api/*]'],
    issues: ['3:13: services[0].paths[0]: "/api/*" needs no "*": a path matches everything below it'],
  },
  {
    story: 'a path with a query',
    yaml: ['services:', '  - name: shop', '    paths: ["/api?x=1"]'],
    issues: ['3:13: services[0].paths[0]: "/api?x=1" must be a path alone, without "?" or "#"'],
  },
  {
    story: 'a path with umlauts',
    yaml: ['services:', '  - name: shop', '    paths: [/büro]'],
    issues: [
      '3:13: services[0].paths[0]: "/büro" must be written as it is sent, percent-encoded: "/b%C3%BCro"',
    ],
  },
  {
    story: 'no address to listen on',
    yaml: ['admin: { host: "127.0.0.1:3000" }'],
    issues: [
      '1:16: admin.host: "127.0.0.1:3000" is no address to listen on: write an IP address such as 0.0.0.0, 127.0.0.1 or "::", or a host name',
    ],
  },
  {
    story: 'an address in brackets',
    yaml: ['admin: { host: "[::1]" }'],
    issues: ['1:16: admin.host: "[::1]" must be written without brackets'],
  },
  {
    story: 'a proxy that is no address',
    yaml: ['trustedProxies: [proxy.test]'],
    issues: [
      '1:18: trustedProxies[0]: "proxy.test" is no address or CIDR block: write for example 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32',
    ],
  },
  {
    story: 'a prefix too long',
    yaml: ['trustedProxies: [10.0.0.0/33]'],
    issues: [
      '1:18: trustedProxies[0]: "10.0.0.0/33" has no valid prefix length: write /0 to /32 after the address',
    ],
  },
  {
    story: 'a short address',
    yaml: ['trustedProxies: [10.1]'],
    issues: ['1:18: trustedProxies[0]: must be a text, not the number 10.1: put it in quotes'],
  },
  {
    story: 'a via with a space',
    yaml: ['via: my edge'],
    issues: ['1:6: via: "my edge" is no pseudonym: write letters, digits, "-" and "."'],
  },
];
