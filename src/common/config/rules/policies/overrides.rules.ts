import type { ConfigIssue } from '../../issues/config-issue.js';
import type { RuledService } from './ruled-service.js';

export function overridesRules(_ruled: RuledService): readonly ConfigIssue[] {
  return [];
}
