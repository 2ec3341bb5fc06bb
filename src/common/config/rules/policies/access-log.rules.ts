import type { ConfigIssue, ConfigPath } from '../../issues/config-issue.js';
import { looseObject } from '../loose.js';
import type { RuledService } from './ruled-service.js';

/** What is wrong with the access-log policy of a service beyond what its schema sees. */
export function serviceAccessLogRules({ keys, base }: RuledService): readonly ConfigIssue[] {
  return accessLogRules(keys['accessLog'], [...base, 'accessLog']);
}

/** Of any place that has such a policy: settings that would do nothing. */
export function accessLogRules(policy: unknown, path: ConfigPath): readonly ConfigIssue[] {
  const { slow, always } = looseObject(policy);
  if (slow === undefined || !Array.isArray(always) || always.includes('slow')) return [];
  const message = 'has no effect, as always does not name slow: add it there, or remove this key';
  return [{ path: [...path, 'slow'], message }];
}
