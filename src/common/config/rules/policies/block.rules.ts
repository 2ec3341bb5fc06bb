import type { ConfigIssue } from '../../issues/config-issue.js';
import { addressListRules } from '../address-list.rules.js';
import type { RuledService } from './ruled-service.js';

export function blockRules({ keys, base }: RuledService): readonly ConfigIssue[] {
  return addressListRules(keys, base);
}
