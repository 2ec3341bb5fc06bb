import type { ConfigIssue } from '../issues/config-issue.js';
import { addressListRules } from './address-list.rules.js';
import { banRules } from './ban.rules.js';
import { rateLimitRules } from './rate-limit.rules.js';

/** What is wrong with the policies of all services together beyond what their schemas see. */
export function globalRules(state: Readonly<Record<string, unknown>>): readonly ConfigIssue[] {
  return [
    ...addressListRules(state, []),
    ...rateLimitRules(state['rateLimits'], undefined, ['rateLimits']),
    ...banRules(state['bans']),
  ];
}
