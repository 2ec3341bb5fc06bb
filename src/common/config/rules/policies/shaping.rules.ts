import type { ConfigIssue, ConfigPath } from '../../issues/config-issue.js';
import { quoted } from '../../units/quoted.js';
import { looseObject, looseTexts } from '../loose.js';
import { segmentsOf } from '../path-segments.js';
import { routePath } from '../route-claims.js';
import type { RuledService } from './ruled-service.js';
import { splitRules } from './split.rules.js';

/** What asks something of a backend, and so nothing where none is asked. */
const BESIDE_REDIRECT = ['rewrite', 'headers', 'maxBody', 'split', 'mirror', 'scaling', 'discovery'] as const;

/** What is wrong between the keys that shape the traffic of a service: those that would never do anything. */
export function shapingRules(ruled: RuledService): readonly ConfigIssue[] {
  return [...redirectRules(ruled), ...rewriteRules(ruled), ...splitRules(ruled), ...mirrorRules(ruled)];
}

function redirectRules({ keys, base }: RuledService): ConfigIssue[] {
  if (keys['redirect'] === undefined) return [];
  return BESIDE_REDIRECT.filter((key) => keys[key] !== undefined).map((key) => ({
    path: [...base, key],
    message: 'has no meaning beside redirect, which answers every request: remove one of the two',
    atKey: true,
  }));
}

/** A prefix that no path of the service begins with, or that becomes itself, is a rewrite that is none. */
function rewriteRules({ keys, base }: RuledService): ConfigIssue[] {
  const { stripPrefix, prefix } = looseObject(keys['rewrite']);
  const { from, to } = looseObject(prefix);
  const path = [...base, 'rewrite'];
  if (typeof stripPrefix === 'string')
    return prefixRules(stripPrefix, keys['paths'], [...path, 'stripPrefix']);
  if (typeof from !== 'string') return [];
  if (typeof to === 'string' && segmentsOf(from).join('/') === segmentsOf(to).join('/')) {
    return [{ path: [...path, 'prefix', 'to'], message: 'is the same as from: nothing would change' }];
  }
  return prefixRules(from, keys['paths'], [...path, 'prefix', 'from']);
}

function prefixRules(prefix: string, paths: unknown, path: ConfigPath): ConfigIssue[] {
  const wanted = segmentsOf(prefix);
  if (!prefix.startsWith('/')) return [];
  if (wanted.length === 0) {
    const message = 'is the beginning of every path: write a segment, or path to replace the whole path';
    return [{ path, message }];
  }
  const served = looseTexts(paths).map(([, text]) => routePath(text));
  if (served.length === 0 || served.some((each) => isOneAbove(wanted, segmentsOf(each)))) return [];
  const list = served.map(quoted).join(', ');
  return [
    { path, message: `${quoted(prefix)} can never match: the service serves only paths below ${list}` },
  ];
}

/** Whether one of them is the beginning of the other. */
function isOneAbove(a: readonly string[], b: readonly string[]): boolean {
  const length = Math.min(a.length, b.length);
  return a.slice(0, length).join('/') === b.slice(0, length).join('/');
}

/** A service whose copies come back to itself would get everything twice. */
function mirrorRules({ keys, base }: RuledService): ConfigIssue[] {
  const { service } = looseObject(keys['mirror']);
  if (typeof service !== 'string' || service !== keys['name']) return [];
  const message = 'is this service itself, which would get every request twice: name another one';
  return [{ path: [...base, 'mirror', 'service'], message }];
}
