import type { ConfigIssue } from '../../issues/config-issue.js';
import { serviceAccessLogRules } from './access-log.rules.js';
import { blockRules } from './block.rules.js';
import { breakerRules } from './breaker.rules.js';
import { discoveryRules } from './discovery.rules.js';
import { overridesRules } from './overrides.rules.js';
import { queueRules } from './queue.rules.js';
import type { RuledService } from './ruled-service.js';
import { scalingRules } from './scaling.rules.js';
import { shapingRules } from './shaping.rules.js';

const RULES = [
  blockRules,
  queueRules,
  breakerRules,
  shapingRules,
  overridesRules,
  serviceAccessLogRules,
  scalingRules,
  discoveryRules,
];

/** What is wrong with the policies of one service beyond what their schemas see. */
export function policyRules(ruled: RuledService): readonly ConfigIssue[] {
  return RULES.flatMap((rules) => rules(ruled));
}
