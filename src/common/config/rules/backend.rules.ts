import type { ConfigIssue, ConfigPath } from '../issues/config-issue.js';
import { normalisedBackendUrl } from '../units/backend-origin.js';
import { looseList, looseObject } from './loose.js';

/** What is wrong between the backends of one service: URLs that are the same, weights that leave nothing to pick. */
export function backendRules(backends: unknown, base: ConfigPath): ConfigIssue[] {
  const list = looseList(backends);
  return [...duplicateUrls(list, base), ...weightlessness(list, base)];
}

/** Those of one list that are one server. */
export function duplicateUrls(list: readonly unknown[], base: ConfigPath): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const firstIndex = new Map<string, number>();
  list.forEach((backend, index) => {
    const isShort = typeof backend === 'string';
    const url = normalisedBackendUrl(isShort ? backend : looseObject(backend)['url']);
    if (url === null) return;
    const first = firstIndex.get(url);
    if (first === undefined) {
      firstIndex.set(url, index);
      return;
    }
    const path = isShort ? [...base, index] : [...base, index, 'url'];
    issues.push({
      path,
      message: `is the same server as backends[${first}] (${url}): remove one, or raise its weight`,
    });
  });
  return issues;
}

function weightlessness(list: readonly unknown[], base: ConfigPath): ConfigIssue[] {
  if (list.length === 0 || !list.every((backend) => looseObject(backend)['weight'] === 0)) return [];
  const message =
    'all have weight 0, so no request could be served: give at least one a weight of 1 or more (to take a backend out, set its state)';
  return [{ path: base, message }];
}
