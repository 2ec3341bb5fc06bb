import { BUILT_IN } from '../../built-in-defaults.js';
import type { ConfigIssue, ConfigPath } from '../../issues/config-issue.js';
import { parseDuration } from '../../units/duration.js';
import { looseList, looseObject } from '../loose.js';
import { unreachable } from '../rate-limit.rules.js';
import type { RuledService } from './ruled-service.js';

/** What is wrong with the queue of a service beyond what its schema sees: settings that would do nothing. */
export function queueRules({ keys, defaults, base }: RuledService): readonly ConfigIssue[] {
  const queue = looseObject(keys['queue']);
  const path = [...base, 'queue'];
  return [
    ...useless(queue, { ...defaults, ...keys, queue: { ...looseObject(defaults['queue']), ...queue } }, path),
    ...shedRules(queue, { ...BUILT_IN.queue, ...looseObject(defaults['queue']), ...queue }, path),
    ...priorityRules(queue['priority'], keys['paths'], [...path, 'priority']),
  ];
}

/** Of what the service itself says: what it inherits may be meant for others. */
function useless(
  queue: Readonly<Record<string, unknown>>,
  effective: Readonly<Record<string, unknown>>,
  path: ConfigPath,
): ConfigIssue[] {
  const { size, hold } = looseObject(effective['queue']);
  const hasRoom = typeof size === 'number' ? size > 0 : size !== undefined;
  const issues: ConfigIssue[] = [];
  if (isOn(queue['hold']) && !hasRoom) {
    const message = 'needs places to wait in: write queue.size, such as size: 100';
    issues.push({ path: [...path, 'hold'], message });
  }
  if (isOn(queue['size']) && !isOn(hold) && !hasLimit(effective)) {
    const message =
      'would never hold anybody: write maxInFlight or maxInFlightPerBackend, beyond which requests wait, or queue.hold';
    issues.push({ path: [...path, 'size'], message });
  }
  return issues;
}

function isOn(value: unknown): boolean {
  return value !== undefined && value !== 'off' && value !== 0;
}

function hasLimit(keys: Readonly<Record<string, unknown>>): boolean {
  return (
    isOn(keys['maxInFlight']) ||
    isOn(keys['maxInFlightPerBackend']) ||
    looseList(keys['backends']).some((backend) => isOn(looseObject(backend)['maxInFlight']))
  );
}

/** Who is to be shed would have been dropped before. */
function shedRules(
  own: Readonly<Record<string, unknown>>,
  { timeout }: Readonly<Record<string, unknown>>,
  path: ConfigPath,
): ConfigIssue[] {
  const { target } = looseObject(own['shed']);
  const [targetMs, timeoutMs] = [parseDuration(target), parseDuration(timeout)];
  if (targetMs === null || timeoutMs === null || 2 * targetMs < timeoutMs) return [];
  const message = `would shed nobody: who waits for twice ${String(target)} is dropped before by timeout (${String(timeout)})`;
  return [{ path: [...path, 'shed', 'target'], message }];
}

function priorityRules(rules: unknown, paths: unknown, base: ConfigPath): ConfigIssue[] {
  return looseList(rules).flatMap((rule, index) => {
    const { path } = looseObject(rule);
    return typeof path === 'string' ? unreachable(path, paths, [...base, index, 'path']) : [];
  });
}
