import type { ConfigIssue } from '../../issues/config-issue.js';
import type { RuledService } from './ruled-service.js';

export function queueRules(_ruled: RuledService): readonly ConfigIssue[] {
  return [];
}
