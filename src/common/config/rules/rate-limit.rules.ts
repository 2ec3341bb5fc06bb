import type { ConfigIssue, ConfigPath } from '../issues/config-issue.js';
import { quoted } from '../units/quoted.js';
import { looseList, looseObject, looseTexts } from './loose.js';
import { segmentsOf } from './path-segments.js';
import { routePath } from './route-claims.js';

/** What is wrong with the rate limits of a service beyond what their schema sees: names given twice, rules that never match. */
export function rateLimitRules(limits: unknown, paths: unknown, base: ConfigPath): ConfigIssue[] {
  const names = new Map<string, number>();
  return looseList(limits).flatMap((limit, index) => {
    const { name, path } = looseObject(limit);
    return [
      ...(typeof name === 'string' ? repeatedName(names, name, [...base, index, 'name'], index) : []),
      ...(typeof path === 'string' ? unreachable(path, paths, [...base, index, 'path']) : []),
    ];
  });
}

/** A name that an earlier item of the list has. */
export function repeatedName(
  names: Map<string, number>,
  name: string,
  path: ConfigPath,
  index: number,
): ConfigIssue[] {
  const earlier = names.get(name);
  if (earlier === undefined) {
    names.set(name, index);
    return [];
  }
  return [{ path, message: `${quoted(name)} is the name of item ${earlier} already: choose another one` }];
}

/** A pattern outside of all paths of its service would be a rule that is none. */
export function unreachable(pattern: string, paths: unknown, path: ConfigPath): ConfigIssue[] {
  const prefixes = looseTexts(paths).map(([, text]) => routePath(text));
  if (!pattern.startsWith('/') || prefixes.length === 0) return [];
  const wanted = segmentsOf(pattern);
  if (prefixes.some((prefix) => canMeet(wanted, segmentsOf(prefix)))) return [];
  const served = prefixes.map(quoted).join(', ');
  return [
    { path, message: `${quoted(pattern)} can never match: the service serves only paths below ${served}` },
  ];
}

/** Whether some path matches the pattern and lies below the prefix. */
function canMeet(pattern: readonly string[], prefix: readonly string[]): boolean {
  for (const [index, segment] of prefix.entries()) {
    if (pattern[index] === '**') return true;
    if (pattern[index] !== '*' && pattern[index] !== segment) return false;
  }
  return true;
}
