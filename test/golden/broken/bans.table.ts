import type { BrokenFile } from './broken-file.js';

const REASONS =
  'bad_request, head_timeout, uri_too_long, head_too_large, loop_detected, no_route, body_timeout, client_closed, rate_limited, body_too_large, client_stalled';
const WRITE = 'write a status from 200 to 499, 2xx, 3xx, 4xx or a drop reason such as rate_limited';

export const BROKEN_BANS: readonly BrokenFile[] = [
  {
    story: 'ban rules that could never ban, or would ban those whom an outage hits',
    yaml: [
      'bans:',
      '  - { name: typo, when: [rate_limit], count: 5 }',
      '  - { name: outage, when: [5xx], count: 5 }',
      '  - { name: outage-2, when: [404, 503], count: 5 }',
      '  - { name: backends, when: [no_backend], count: 5 }',
      '  - { name: again, when: [blocked], count: 5 }',
      '  - { name: early, when: [100], count: 5 }',
      '  - { name: nothing, when: [], count: 5 }',
      '  - { name: never, when: [404], count: 0 }',
      '  - { name: fraction, when: [404], count: 1.5 }',
      '  - { name: often, when: [404], count: 100000 }',
    ],
    issues: [
      `2:26: bans[0].when[0]: "rate_limit" is no status and no drop reason (rate_limited is one): ${WRITE}`,
      '3:28: bans[1].when[0]: "5xx" is not the client’s doing: an outage would ban everybody',
      '4:35: bans[2].when[1]: 503 is not the client’s doing: an outage would ban everybody',
      `5:30: bans[3].when[0]: "no_backend" is not the client’s doing, so nobody is banned for it: write some of ${REASONS}`,
      `6:27: bans[4].when[0]: "blocked" would ban who is banned again and again: ${WRITE}`,
      `7:27: bans[5].when[0]: 100 is no status of a final response: ${WRITE}`,
      '8:28: bans[6].when: is an empty list: write at least one item, or remove the key',
      '9:40: bans[7].count: 0 is out of range: write a whole number from 1 to 4000',
      '10:43: bans[8].count: 1.5 is no whole number',
      '11:40: bans[9].count: 100000 is out of range: write a whole number from 1 to 4000',
    ],
  },
  {
    story: 'ban rules with windows longer than the ban, and with one name',
    yaml: [
      'bans:',
      '  - { name: a, when: [404], count: 5, window: 10m, duration: 5m }',
      '  - { name: a, when: [404], count: 5, window: 20m }',
      '  - { name: a b, when: [404], count: 5, window: off, duration: 60 }',
      '  - { when: 404, count: 5 }',
    ],
    issues: [
      '2:47: bans[0].window: 10m is longer than the ban (5m): who offends again after it would not be banned before the window ends; write at most the duration',
      '3:13: bans[1].name: "a" is the name of item 0 already: choose another one',
      '3:47: bans[1].window: 20m is longer than the ban (10m): who offends again after it would not be banned before the window ends; write at most the duration',
      '4:13: bans[2].name: "a b" is no name: write lower-case letters, digits and "-", at most 63 characters',
      '4:49: bans[2].window: cannot be off: write a duration from 1s to 1h',
      '4:64: bans[2].duration: a duration needs a unit: write 60s if that is meant (units: ms, s, m, h, d)',
      '5:5: bans[3].name: is missing: write a text',
      '5:13: bans[3].when: must be a list, not the number 404: write [404]',
    ],
  },
];
