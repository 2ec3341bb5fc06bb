import type { ConfigIssue } from '../issues/config-issue.js';
import { banDurationMs, banWindowMs } from '../resolve/ban-rule.resolver.js';
import { formatDuration } from '../units/duration.js';
import { looseList, looseObject } from './loose.js';
import { repeatedName } from './rate-limit.rules.js';

/** What is wrong with ban rules beyond what their schema sees. */
export function banRules(rules: unknown): ConfigIssue[] {
  const names = new Map<string, number>();
  return looseList(rules).flatMap((rule, index) => {
    const { name, window, duration } = looseObject(rule);
    return [
      ...(typeof name === 'string' ? repeatedName(names, name, ['bans', index, 'name'], index) : []),
      ...endlessWindow(window, duration, index),
    ];
  });
}

/** In a window a client is banned once: it must not go on counting when the ban is over. */
function endlessWindow(window: unknown, duration: unknown, index: number): ConfigIssue[] {
  const [windowMs, durationMs] = [banWindowMs(window), banDurationMs(duration)];
  if (windowMs === 0 || durationMs === 0 || windowMs <= durationMs) return [];
  const message = `${formatDuration(windowMs)} is longer than the ban (${formatDuration(durationMs)}): who offends again after it would not be banned before the window ends; write at most the duration`;
  return [{ path: ['bans', index, 'window'], message }];
}
