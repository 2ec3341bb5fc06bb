import { NetworkReader, networkText } from '../../addresses/index.js';
import type { ConfigIssue, ConfigPath } from '../issues/config-issue.js';
import { looseList, looseObject } from './loose.js';

/** What is wrong with the lists of addresses of a service, or of all: networks that are listed twice, or blocked and allowed. */
export function addressListRules(
  keys: Readonly<Record<string, unknown>>,
  base: ConfigPath,
): readonly ConfigIssue[] {
  const allowed = new Map<string, number>();
  return [
    ...repeated(keys['allowlist'], [...base, 'allowlist'], allowed),
    ...repeated(keys['blocklist'], [...base, 'blocklist'], new Map()),
    ...contradicted(keys['blocklist'], [...base, 'blocklist'], allowed),
  ];
}

/** Notes in `seen` where each network stands first. */
function repeated(list: unknown, path: ConfigPath, seen: Map<string, number>): readonly ConfigIssue[] {
  return networksOf(list).flatMap(([index, network]) => {
    const first = seen.get(network);
    if (first === undefined) {
      seen.set(network, index);
      return [];
    }
    return [
      {
        path: [...path, index],
        message: `${network} is listed already, as item ${first}: remove one of them`,
      },
    ];
  });
}

function contradicted(
  list: unknown,
  path: ConfigPath,
  allowed: ReadonlyMap<string, number>,
): readonly ConfigIssue[] {
  return networksOf(list).flatMap(([index, network]) => {
    const at = allowed.get(network);
    if (at === undefined) return [];
    const message = `${network} can never be blocked, as item ${at} of allowlist lets it through: remove one of them`;
    return [{ path: [...path, index], message }];
  });
}

/** Those that are networks, in their canonical form, with where they stand. */
function networksOf(list: unknown): readonly (readonly [number, string])[] {
  const reader = new NetworkReader();
  return looseList(list).flatMap((entry, index) => {
    const cidr = typeof entry === 'string' ? entry : looseObject(entry)['cidr'];
    if (typeof cidr !== 'string' || reader.readText(cidr) !== null) return [];
    return [[index, networkText(reader)] as const];
  });
}
