import type { ConfigIssue } from '../issues/config-issue.js';
import { quoted } from '../units/quoted.js';
import { accessLogRules } from './policies/access-log.rules.js';
import { addressListRules } from './address-list.rules.js';
import { banRules } from './ban.rules.js';
import { looseTexts } from './loose.js';
import { rateLimitRules } from './rate-limit.rules.js';

/** What is wrong with the policies of all services together beyond what their schemas see. */
export function globalRules(state: Readonly<Record<string, unknown>>): readonly ConfigIssue[] {
  return [
    ...addressListRules(state, []),
    ...repeatedFiles(state['blocklistFiles']),
    ...rateLimitRules(state['rateLimits'], undefined, ['rateLimits']),
    ...banRules(state['bans']),
    ...accessLogRules(state['accessLog'], ['accessLog']),
  ];
}

function repeatedFiles(files: unknown): readonly ConfigIssue[] {
  const seen = new Map<string, number>();
  return looseTexts(files).flatMap(([index, path]) => {
    const first = seen.get(path);
    if (first === undefined) {
      seen.set(path, index);
      return [];
    }
    const message = `${quoted(path)} is listed already, as item ${first}: remove one of them`;
    return [{ path: ['blocklistFiles', index], message }];
  });
}
