import type { BrokenFile } from './broken-file.js';

export const BLOCKLISTS: readonly BrokenFile[] = [
  {
    story: 'a block list with what is no address',
    yaml: ['blocklist: [shop.example, 10.0.0, 192.0.2.7/33, "fe80::1%eth0"]'],
    issues: [
      '1:13: blocklist[0]: "shop.example" is no address or CIDR block: write for example 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32',
      '1:27: blocklist[1]: "10.0.0" is no address or CIDR block: write for example 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32',
      '1:35: blocklist[2]: "192.0.2.7/33" has no valid prefix length: write /0 to /32 after the address',
      '1:49: blocklist[3]: "fe80::1%eth0" is no address or CIDR block: write for example 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32',
    ],
  },
  {
    story: 'networks with bits behind their prefix',
    yaml: ['allowlist:', '  - 10.1.2.3/8', '  - { cidr: "2001:db8::1/64", note: office }'],
    issues: [
      '2:5: allowlist[0]: "10.1.2.3/8" has bits set behind its prefix: write 10.0.0.0/8 for the network, or 10.1.2.3 for the address alone',
      '3:13: allowlist[1].cidr: "2001:db8::1/64" has bits set behind its prefix: write 2001:db8::/64 for the network, or 2001:db8::1 for the address alone',
    ],
  },
  {
    story: 'networks that are listed twice, however they are written',
    yaml: [
      'blocklist:',
      '  - 192.0.2.0/24',
      '  - "::ffff:192.0.2.0/120"',
      '  - { cidr: 192.0.2.0/24, mode: shadow }',
    ],
    issues: [
      '3:5: blocklist[1]: 192.0.2.0/24 is listed already, as item 0: remove one of them',
      '4:5: blocklist[2]: 192.0.2.0/24 is listed already, as item 0: remove one of them',
    ],
  },
  {
    story: 'a network that is blocked and allowed',
    yaml: [
      'services:',
      '  - name: shop',
      '    allowlist: ["2001:DB8::/32"]',
      '    blocklist: ["2001:db8:0::/32"]',
    ],
    issues: [
      '4:17: services[0].blocklist[0]: 2001:db8::/32 can never be blocked, as item 0 of allowlist lets it through: remove one of them',
    ],
  },
  {
    story: 'a file of addresses that is named twice',
    yaml: ['blocklistFiles: [feeds/drop.txt, a.txt, feeds/drop.txt]'],
    issues: ['1:41: blocklistFiles[2]: "feeds/drop.txt" is listed already, as item 0: remove one of them'],
  },
  {
    story: 'an entry that expires at no time, and a mode of an allowlist',
    yaml: [
      'blocklist:',
      '  - { cidr: 192.0.2.7, expires: tomorrow }',
      'allowlist:',
      '  - { cidr: 192.0.2.8, mode: shadow }',
    ],
    issues: [
      '2:33: blocklist[0].expires: is no time: write it as 2030-01-31T12:00:00Z',
      '4:24: allowlist[0].mode: is no known key: known here are cidr, note, expires',
    ],
  },
];
