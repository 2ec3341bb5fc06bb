import type { ConfigIssue, ConfigPath } from '../../issues/config-issue.js';
import { quoted } from '../../units/quoted.js';
import { looseList, looseObject, type LooseObject } from '../loose.js';
import { segmentsOf } from '../path-segments.js';
import { unreachable } from '../rate-limit.rules.js';
import { timeoutRules } from '../timeout.rules.js';
import type { RuledService } from './ruled-service.js';

/** What is wrong with the overrides of a service: those that never apply, change nothing, or have timeouts that cannot work. */
export function overridesRules({ keys, defaults, base }: RuledService): readonly ConfigIssue[] {
  const timeouts = { ...looseObject(defaults['timeouts']), ...looseObject(keys['timeouts']) };
  const overrides = looseList(keys['overrides']).map(looseObject);
  return overrides.flatMap((override, index) => {
    const at = [...base, 'overrides', index];
    const { path } = override;
    return [
      ...(typeof path === 'string' ? unreachable(path, keys['paths'], [...at, 'path']) : []),
      ...hidden(override, overrides.slice(0, index), [...at, 'path']),
      ...empty(override, at),
      ...timeoutRules(override['timeouts'], timeouts, [...at, 'timeouts']),
    ];
  });
}

function empty(override: LooseObject, path: ConfigPath): ConfigIssue[] {
  if ('timeouts' in override || 'retries' in override || Object.keys(override).length === 0) return [];
  return [{ path, message: 'changes nothing: write timeouts or retries, or remove it' }];
}

/** The first one that fits applies: behind one that fits all the same requests, another is never asked. */
function hidden(
  { method, path }: LooseObject,
  earlier: readonly LooseObject[],
  at: ConfigPath,
): ConfigIssue[] {
  if (typeof path !== 'string') return [];
  const index = earlier.findIndex(
    (other) =>
      typeof other['path'] === 'string' &&
      (other['method'] === undefined || other['method'] === method) &&
      covers(segmentsOf(other['path']), segmentsOf(path)),
  );
  if (index < 0) return [];
  const message = `${quoted(path)} is never asked: item ${index} (${quoted(String(earlier[index]!['path']))}) applies to all of it already. Put it before that one`;
  return [{ path: at, message }];
}

/** Whether every path that fits `narrow` fits `wide`. */
function covers(wide: readonly string[], narrow: readonly string[]): boolean {
  for (const [index, segment] of wide.entries()) {
    if (segment === '**') return true;
    const other = narrow[index];
    if (other === undefined || other === '**') return false;
    if (segment !== '*' && segment !== other) return false;
  }
  return wide.length === narrow.length;
}
