import type { ConfigIssue, ConfigPath } from '../issues/config-issue.js';
import { parseDuration } from '../units/duration.js';
import { looseObject, type LooseObject } from './loose.js';

/** What is a part of the whole exchange, and so cannot take longer. */
const PARTS = ['connect', 'body', 'response', 'responseIdle'] as const;

/**
 * Orders of timeouts that cannot work: a part that may take longer than the whole is a limit that is never reached. Only
 * what somebody wrote is judged; a built-in default that is longer than `request` simply gives way.
 *
 * @param own As written at `base`.
 * @param inherited What applies where `own` says nothing.
 */
export function timeoutRules(own: unknown, inherited: unknown, base: ConfigPath): ConfigIssue[] {
  const written = looseObject(own);
  const all: LooseObject = { ...looseObject(inherited), ...written };
  const wholeMs = parseDuration(all['request']);
  if (wholeMs === null || wholeMs === 0) return [];
  return PARTS.flatMap((key): ConfigIssue[] => {
    const partMs = parseDuration(all[key]);
    // What is inherited as a pair was judged where it stands.
    const isOwn = key in written || 'request' in written;
    if (partMs === null || partMs <= wholeMs || !isOwn) return [];
    return [issueOf(key, all, [...base, key in written ? key : 'request'])];
  });
}

function issueOf(key: string, all: LooseObject, path: ConfigPath): ConfigIssue {
  const [part, whole] = [String(all[key]), String(all['request'])];
  const message =
    path.at(-1) === 'request'
      ? `${whole} for the whole exchange is shorter than the ${key} of ${part} that applies here: write a ${key} of at most ${whole} as well`
      : `${part} can never be reached, as the whole exchange (request) may take ${whole}: write at most ${whole}, or a longer request`;
  return { path, message };
}
