import { BUILT_IN } from '../../built-in-defaults.js';
import type { ConfigIssue, ConfigPath } from '../../issues/config-issue.js';
import { parseDuration } from '../../units/duration.js';
import { looseObject, type LooseObject } from '../loose.js';
import type { RuledService } from './ruled-service.js';

/** Times that cannot be meant, and a fallback that would lead to where it came from. */
export function breakerRules({ keys, defaults, base }: RuledService): readonly ConfigIssue[] {
  return [
    ...timeRules(keys, defaults, base),
    ...fallbackToItself(looseObject(keys['fallback'] ?? defaults['fallback'])['service'], keys, base),
  ];
}

/** The same for `defaults`. */
export function breakerDefaultsRules(defaults: unknown, base: ConfigPath): readonly ConfigIssue[] {
  return timeRules(looseObject(defaults), {}, base);
}

function timeRules(own: LooseObject, inherited: LooseObject, base: ConfigPath): ConfigIssue[] {
  return [
    ...longestBelow(['circuitBreaker', 'open', 'maxOpen'], own, inherited, base),
    ...longestBelow(['ejection', 'base', 'max'], own, inherited, base),
  ];
}

/** The longest time below the first one. Reported at a key that stands here, so that a mistake is told once. */
function longestBelow(
  [group, first, longest]: readonly ['circuitBreaker' | 'ejection', string, string],
  own: LooseObject,
  inherited: LooseObject,
  base: ConfigPath,
): ConfigIssue[] {
  const keys = looseObject(own[group]);
  const merged: LooseObject = { ...BUILT_IN[group], ...looseObject(inherited[group]), ...keys };
  const [firstMs, longestMs] = [parseDuration(merged[first]), parseDuration(merged[longest])];
  if (firstMs === null || longestMs === null || firstMs <= longestMs) return [];
  const key = [longest, first].find((name) => keys[name] !== undefined);
  if (key === undefined) return [];
  const message =
    key === longest
      ? `${String(merged[longest])} is below \`${first}\` (${String(merged[first])}): raise it, or lower \`${first}\``
      : `${String(merged[first])} is above \`${longest}\` (${String(merged[longest])}): lower it, or raise \`${longest}\``;
  return [{ path: [...base, group, key], message }];
}

function fallbackToItself(target: unknown, keys: LooseObject, base: ConfigPath): ConfigIssue[] {
  if (typeof target !== 'string' || target !== keys['name'] || keys['fallback'] === undefined) return [];
  return [{ path: [...base, 'fallback', 'service'], message: 'is the service itself: name another one' }];
}
