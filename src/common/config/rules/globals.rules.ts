import type { ConfigIssue } from '../issues/config-issue.js';
import { rateLimitRules } from './rate-limit.rules.js';

/** What is wrong with the policies of all services together beyond what their schemas see. */
export function globalRules(state: Readonly<Record<string, unknown>>): readonly ConfigIssue[] {
  return rateLimitRules(state['rateLimits'], undefined, ['rateLimits']);
}
