import type { BrokenFile } from './broken-file.js';

/** Access-log policies that cannot be meant. */
export const ACCESS_LOGS: readonly BrokenFile[] = [
  {
    story: 'keys of an access log that are almost right',
    yaml: [
      'accessLog: { smaple: 10% }',
      'defaults: { accessLog: { redact: { qurey: all } } }',
      'services:',
      '  - { name: a, accessLog: { field: all } }',
    ],
    issues: [
      '1:14: accessLog.smaple: is no known key: did you mean "sample"?',
      '2:36: defaults.accessLog.redact.qurey: is no known key: did you mean "query"?',
      '4:29: services[0].accessLog.field: is no known key: did you mean "fields"?',
    ],
  },
  {
    story: 'an access log with values that do not exist',
    yaml: [
      'accessLog:',
      '  sample: 0.1',
      '  always: [slow, timeouts]',
      '  slow: 500',
      '  fields: { without: [path] }',
      '  redact: { query: some, client: hash }',
    ],
    issues: [
      '2:11: accessLog.sample: a share needs its %: write 10% if that is meant',
      '3:18: accessLog.always[1]: is the text "timeouts": write one of errors, drops, slow, retries',
      '4:9: accessLog.slow: a duration needs a unit: write 500s if that is meant (units: ms, s, m, h, d)',
      '5:23: accessLog.fields.without[0]: is the text "path": write one of query, userAgent, referer',
      '6:20: accessLog.redact.query: is the text "some": write one of secrets, all',
      '6:34: accessLog.redact.client: is the text "hash": write one of off, network',
    ],
  },
  {
    story: 'what only the balancer as a whole can say of its access log',
    yaml: ['services:', '  - { name: a, accessLog: { enabled: false } }'],
    issues: [
      '2:29: services[0].accessLog.enabled: is no known key: known here are sample, always, slow, fields, headers, redact, decisions',
    ],
  },
  {
    story: 'slowness that nothing is made of',
    yaml: [
      'accessLog: { always: [errors], slow: 2s }',
      'services:',
      '  - { name: a, accessLog: { always: [], slow: 2s } }',
    ],
    issues: [
      '1:38: accessLog.slow: has no effect, as always does not name slow: add it there, or remove this key',
      '3:47: services[0].accessLog.slow: has no effect, as always does not name slow: add it there, or remove this key',
    ],
  },
  {
    story: 'headers that are recorded already',
    yaml: ['accessLog:', '  headers: [User-Agent, X-A, x-a]'],
    issues: [
      '2:13: accessLog.headers[0]: "user-agent" is recorded already, as the field userAgent: remove it',
      '2:30: accessLog.headers[2]: "x-a" is listed already: remove one of them',
    ],
  },
  {
    story: 'a recorded header that is none',
    yaml: ['accessLog: { headers: ["x y"], redact: { headers: [""] } }'],
    issues: [
      '1:24: accessLog.headers[0]: "x y" is no header name',
      '1:52: accessLog.redact.headers[0]: "" is no header name',
    ],
  },
  {
    story: 'more headers than a record takes',
    yaml: ['accessLog:', `  headers: [${Array.from({ length: 17 }, (_, index) => `X-${index}`).join(', ')}]`],
    issues: ['2:12: accessLog.headers: has too many items: write at most 16'],
  },
  {
    story: 'outputs that are none',
    yaml: [
      'accessLog:',
      '  outputs:',
      '    - { to: a.log, format: clf }',
      '    - { format: json }',
      '    - { to: "", formt: json }',
    ],
    issues: [
      '3:28: accessLog.outputs[0].format: is the text "clf": write one of json, common, combined',
      '4:7: accessLog.outputs[1].to: is missing: write a text',
      '5:13: accessLog.outputs[2].to: is empty: write stdout, or the path of a file',
      '5:17: accessLog.outputs[2].formt: is no known key: did you mean "format"?',
    ],
  },
  {
    story: 'one file for two outputs',
    yaml: ['accessLog: { outputs: [{ to: a.log }, { to: a.log, format: common }] }'],
    issues: ['1:45: accessLog.outputs[1].to: "a.log" is an output already: its lines would be mixed'],
  },
];
