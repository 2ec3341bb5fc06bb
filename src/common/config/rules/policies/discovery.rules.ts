import { BUILT_IN } from '../../built-in-defaults.js';
import type { ConfigIssue, ConfigPath } from '../../issues/config-issue.js';
import { parseDuration } from '../../units/duration.js';
import { quoted } from '../../units/quoted.js';
import { looseList, looseObject, type LooseObject } from '../loose.js';
import type { RuledService } from './ruled-service.js';

/** What is wrong between the sources of a service. */
export function discoveryRules({ keys, base }: RuledService): readonly ConfigIssue[] {
  const path = [...base, 'discovery'];
  const sources = looseList(keys['discovery']).map(looseObject);
  return [
    ...repeatedSources(sources, path),
    ...sources.flatMap((source, index) => intervalRules(source, [...path, index, 'interval'])),
    ...(keys['split'] === undefined ? [] : groupless(sources, path)),
  ];
}

function repeatedSources(sources: readonly LooseObject[], path: ConfigPath): ConfigIssue[] {
  const first = new Map<string, number>();
  return sources.flatMap((source, index): ConfigIssue[] => {
    const key = source['dns'] === undefined ? 'file' : 'dns';
    const value = source[key];
    if (typeof value !== 'string') return [];
    const name = `${key}:${key === 'dns' ? value.toLowerCase() : value}`;
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, index);
      return [];
    }
    const message = `${quoted(value)} is looked at already, by item ${earlier}: remove one of them`;
    return [{ path: [...path, index, key], message }];
  });
}

function intervalRules(source: LooseObject, path: ConfigPath): ConfigIssue[] {
  const own = looseObject(source['interval']);
  const { min, max } = { ...BUILT_IN.discovery.interval, ...own };
  const [least, most] = [parseDuration(min), parseDuration(max)];
  if (least === null || most === null || least <= most) return [];
  const key = own['min'] === undefined ? 'max' : 'min';
  const message =
    key === 'min'
      ? `${min} must not be above max (${max}): lower it, or raise max`
      : `${max} must not be below min (${min}): raise it, or lower min`;
  return [{ path: [...path, key], message }];
}

/** A record says no group; a file may. */
function groupless(sources: readonly LooseObject[], path: ConfigPath): ConfigIssue[] {
  return sources.flatMap((source, index): ConfigIssue[] => {
    if (source['dns'] === undefined) return [];
    const message =
      'cannot be used beside split: what it finds would be in no group; use file, which may say group';
    return [{ path: [...path, index, 'dns'], message }];
  });
}
