import type { ConfigIssue } from '../../issues/config-issue.js';
import type { RuledService } from './ruled-service.js';

/** What asks something of a backend, and so nothing where none is asked. */
const BESIDE_REDIRECT = ['rewrite', 'headers', 'maxBody', 'split', 'mirror'] as const;

/** What is wrong between the keys that shape the traffic of a service: those that would never do anything. */
export function shapingRules(ruled: RuledService): readonly ConfigIssue[] {
  return redirectRules(ruled);
}

function redirectRules({ keys, base }: RuledService): ConfigIssue[] {
  if (keys['redirect'] === undefined) return [];
  return BESIDE_REDIRECT.filter((key) => keys[key] !== undefined).map((key) => ({
    path: [...base, key],
    message: 'has no meaning beside redirect, which answers every request: remove one of the two',
    atKey: true,
  }));
}
