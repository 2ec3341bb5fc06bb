import { BUILT_IN } from '../../built-in-defaults.js';
import type { ConfigIssue, ConfigPath } from '../../issues/config-issue.js';
import { quoted } from '../../units/quoted.js';
import { looseList, looseObject } from '../loose.js';
import type { RuledService } from './ruled-service.js';

/** What is wrong between a service's split and its backends and algorithm. */
export function splitRules({ keys, defaults, base }: RuledService): ConfigIssue[] {
  const backends = looseList(keys['backends']);
  const path = [...base, 'backends'];
  if (keys['split'] === undefined)
    return backends.flatMap((backend, index) => aimless(backend, [...path, index]));
  const split = looseObject(keys['split']);
  const groups = Object.keys(looseObject(split['groups']));
  return [
    ...backends.flatMap((backend, index) => membership(backend, groups, [...path, index])),
    ...affinityRules(split, keys['algorithm'] ?? defaults['algorithm'], [...base, 'split']),
  ];
}

function aimless(backend: unknown, path: ConfigPath): ConfigIssue[] {
  if (looseObject(backend)['group'] === undefined) return [];
  const message = 'has no meaning without split: remove it, or say in split what each group gets';
  return [{ path: [...path, 'group'], message }];
}

function membership(backend: unknown, groups: readonly string[], path: ConfigPath): ConfigIssue[] {
  if (groups.length === 0) return [];
  const { group } = looseObject(backend);
  if (group === undefined) {
    const message = `is in no group, so nothing would come to it: write group, one of ${groups.join(', ')}`;
    return [{ path, message }];
  }
  if (typeof group !== 'string' || groups.includes(group)) return [];
  const message = `${quoted(group)} is no group of split: write one of ${groups.join(', ')}`;
  return [{ path: [...path, 'group'], message }];
}

/** Clients with a cookie for a backend must not be sent to a group that it is not in. */
function affinityRules(
  split: Readonly<Record<string, unknown>>,
  algorithm: unknown,
  path: ConfigPath,
): ConfigIssue[] {
  const { name = algorithm, cookie = BUILT_IN.cookie } = looseObject(algorithm);
  if (name !== 'sticky-round-robin') return [];
  if (split['sticky'] !== true) {
    const message =
      'would send clients from group to group whom sticky-round-robin keeps at one backend: write sticky: true with a cookie';
    return [{ path, message }];
  }
  if (split['cookie'] !== cookie) return [];
  const message = `${quoted(String(cookie))} is the cookie of sticky-round-robin already: choose another one`;
  return [{ path: [...path, 'cookie'], message }];
}
