import type { BrokenFile } from './broken-file.js';

export const SYNTAX: readonly BrokenFile[] = [
  {
    story: 'a tab as indentation',
    yaml: ['services:', '\t- name: shop'],
    issues: ['2:1: is indented with a tab: YAML allows only spaces there'],
  },
  {
    story: 'a list that is not closed',
    yaml: ['trustedProxies: [10.0.0.0/8', 'via: edge'],
    issues: [
      '2:1: is not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  },
  {
    story: 'a quote that is not closed',
    yaml: ['via: "edge', 'workers: 2'],
    issues: ['3:1: is not valid YAML: missing closing "quote'],
  },
  {
    story: 'two documents',
    yaml: ['via: edge', '---', 'via: other'],
    issues: [
      '2:1: starts a second document: a file holds one, so remove the line "---" or put the rest in a file of its own',
    ],
  },
  {
    story: 'a tag',
    yaml: ['via: !secret edge'],
    issues: [
      '1:6: has a tag (a word after "!"): tags are not supported, so write a plain value, in quotes if it begins with "!"',
    ],
  },
  {
    story: 'a reserved character',
    yaml: ['via: @edge'],
    issues: [
      '1:6: is not valid YAML: plain value cannot start with reserved character @; put the value in quotes',
    ],
  },
  {
    story: 'two colons in a line',
    yaml: ['admin: port: 3000'],
    issues: [
      '1:8: has a second colon: put the inner key on a line of its own, indented, or the value in quotes',
    ],
  },
  {
    story: 'a wrong indentation',
    yaml: ['admin:', '  host: 127.0.0.1', ' port: 3000'],
    issues: ['3:1: is not valid YAML: all mapping items must start at the same column'],
  },
  {
    story: 'a line without a colon',
    yaml: ['workers 2', 'via: edge'],
    issues: ['1:1: has no colon: write "key: value" on one line'],
  },
  {
    story: 'YAML 1.1',
    yaml: ['%YAML 1.1', '---', 'via: edge'],
    issues: ['1:1: asks for YAML 1.1: YAML 1.2 is read here, so remove the %YAML line'],
  },
  {
    story: 'a broken escape',
    yaml: ['via: "\\q"'],
    issues: ['1:7: is not valid YAML: invalid escape sequence \\q'],
  },
  {
    story: 'a list instead of an object',
    yaml: ['- name: shop'],
    issues: ['1:1: must be an object (keys with values), not a list'],
  },
  {
    story: 'a text instead of an object',
    yaml: ['hello'],
    issues: ['1:1: must be an object (keys with values), not the text "hello"'],
  },
  {
    story: 'JSON that breaks off',
    yaml: ['{"services": [{"name": "shop"'],
    issues: [
      '2:1: is not valid YAML: flow map in block collection must be sufficiently indented and end with a }',
    ],
  },
  {
    story: 'a key twice',
    yaml: ['via: a', 'workers: 2', 'via: b'],
    issues: ['3:1: via: is written twice in the same object: remove one of them'],
  },
  {
    story: 'a key twice in a service',
    yaml: ['services:', '  - name: shop', '    hosts: [a.test]', '    paths: [/]', '    hosts: [b.test]'],
    issues: ['5:5: services[0].hosts: is written twice in the same object: remove one of them'],
  },
  {
    story: 'a key that is no text',
    yaml: ['? [a, b]', ': 1'],
    issues: ['1:3: has a key that is no text: write a name before the colon'],
  },
  {
    story: 'a merge key',
    yaml: ['defaults: &d', '  retries: { attempts: 1 }', 'services:', '  - <<: *d', '    name: shop'],
    issues: [
      '4:5: services[0]["<<"]: is a merge key, which is not supported: use `defaults`, or repeat the keys',
    ],
  },
  {
    story: 'an unknown alias',
    yaml: ['via: *name'],
    issues: ['1:6: via: uses the alias *name, but no &name stands before it'],
  },
  {
    story: 'an alias inside of itself',
    yaml: ['services: &all', '  - name: shop', '    backends: *all'],
    issues: ['3:15: services[0].backends: uses the alias *all inside of &all itself'],
  },
  {
    story: 'an alias bomb',
    yaml: [
      'a: &a ["x","x","x","x","x","x","x","x","x","x"]',
      'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]',
      'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]',
      'd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]',
      'e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]',
      'services: [*e,*e,*e,*e,*e]',
    ],
    issues: [
      '6:12: services[0]: makes the aliases expand to more than 200000 values: write the values out, or use `defaults`',
    ],
  },
  {
    story: 'brackets nested 5,000 deep',
    yaml: `services: ${'['.repeat(5000)}${']'.repeat(5000)}`,
    issues: ['1:267: is nested too deeply: no valid configuration is'],
  },
  {
    story: 'objects nested 40 deep',
    yaml: `services: ${'[{a: '.repeat(40)}1${'}]'.repeat(40)}`,
    issues: [
      '1:87: services[0].a[0].a[0].a[0].a[0].a[0].a[0].a[0].a[0].a[0].a[0].a[0].a[0].a[0].a[0].a[0]: is nested too deeply: at most 32 levels',
    ],
  },
  {
    story: 'not UTF-8',
    yaml: Buffer.from('7669613a20656467650a73657276696365733a0a20202d206e616d653a20636166e90a', 'hex'),
    code: 'CONFIG_UNREADABLE',
    issues: ['3:14: is not UTF-8 text (byte 0xe9 does not belong there): save the file as UTF-8'],
  },
  {
    story: 'UTF-16',
    yaml: Buffer.from('fffe7600690061003a00200065006400670065000a00', 'hex'),
    code: 'CONFIG_UNREADABLE',
    issues: ['1:1: is not UTF-8 text (it looks like UTF-16): save the file as UTF-8'],
  },
];
