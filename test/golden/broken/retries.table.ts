import type { BrokenFile } from './broken-file.js';

const service = (...lines: string[]) => ['services:', '  - name: shop', ...lines];

/** Retries that cannot work, or not as meant. */
export const RETRIES: readonly BrokenFile[] = [
  {
    story: 'a share of retries without its sign',
    yaml: service('    retries: { budget: { share: 20 } }'),
    issues: ['3:33: services[0].retries.budget.share: a share needs its %: write 20% if that is meant'],
  },
  {
    story: 'a share of retries that is none, and one above everything',
    yaml: service('    retries: { budget: { share: much } }').concat(
      '  - name: other',
      '    hosts: [other.test]',
      '    retries: { budget: { share: 120% } }',
    ),
    issues: [
      '3:33: services[0].retries.budget.share: "much" is no share: write a percentage from 0% to 100%',
      '6:33: services[1].retries.budget.share: 120% is out of range: write a percentage from 0% to 100%',
    ],
  },
  {
    story: 'a first pause above the longest',
    yaml: service('    retries: { backoff: { base: 2s } }'),
    issues: [
      '3:33: services[0].retries.backoff.base: 2s is above the longest pause (1s): lower it, or raise `max`',
    ],
  },
  {
    story: 'a longest pause below the first one of the defaults',
    yaml: [
      'defaults: { retries: { backoff: { base: 500ms } } }',
      ...service('    retries: { backoff: { max: 100ms } }'),
    ],
    issues: [
      '4:32: services[0].retries.backoff.max: 100ms is below the first pause (500ms): raise it, or lower `base`',
    ],
  },
  {
    story: 'a try that may take longer than the whole request',
    yaml: service('    timeouts: { request: 5s }', '    retries: { perTry: 5s }'),
    issues: [
      '4:24: services[0].retries.perTry: 5s is not below the limit of the whole request (5s), which ends it first: lower it, or remove it',
    ],
  },
  {
    story: 'a hedge that begins when the first try has ended',
    yaml: service('    retries: { perTry: 200ms, hedge: { after: 1s } }'),
    issues: [
      '3:47: services[0].retries.hedge.after: 1s is not below `perTry` (200ms), which ends the first try before: lower it, or raise `perTry`',
    ],
  },
  {
    story: 'a retry of what succeeded',
    yaml: service('    retries: { statuses: [200] }'),
    issues: [
      '3:27: services[0].retries.statuses[0]: 200 is out of range: write a whole number from 400 to 599',
    ],
  },
];
