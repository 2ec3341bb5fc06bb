import type { PriorityRule, QueuePolicy } from '../../../contract/policies/index.js';
import { BUILT_IN } from '../../built-in-defaults.js';
import type { PriorityRuleInput } from '../../schema/policies/queue.schema.js';
import type { DefaultsInput, ServiceInput } from '../../schema.js';
import { milliseconds } from '../../units/duration.js';

/** Key by key: the service's own, else the defaults', else the built-in; `priority` and `shed` as a whole. */
export function resolveQueue(service: ServiceInput, defaults: DefaultsInput): QueuePolicy {
  const queue = { ...BUILT_IN.queue, ...defaults.queue, ...service.queue };
  const shed =
    queue.shed === 'off' ? { target: '0ms', interval: '0ms' } : { ...BUILT_IN.queue.shed, ...queue.shed };
  return {
    maxInFlight: limitOf(service.maxInFlight ?? defaults.maxInFlight),
    limitsBackends: (service.backends ?? []).some(
      (backend) => backendLimit(backend.maxInFlight, service, defaults) > 0,
    ),
    size: queue.size,
    timeoutMs: milliseconds(queue.timeout),
    holdMs: milliseconds(queue.hold),
    fair: queue.fair,
    priority: (queue.priority ?? []).map(resolveRule),
    shedTargetMs: milliseconds(shed.target ?? BUILT_IN.queue.shed.target),
    shedIntervalMs: milliseconds(shed.interval ?? BUILT_IN.queue.shed.interval),
    shadow: queue.mode === 'shadow',
  };
}

/** What a backend may run at a time, 0: any number. `own`: what it says itself. */
export function backendLimit(
  own: number | 'off' | undefined,
  service: ServiceInput,
  defaults: DefaultsInput,
): number {
  return limitOf(own ?? service.maxInFlightPerBackend ?? defaults.maxInFlightPerBackend);
}

function limitOf(input: number | 'off' = BUILT_IN.maxInFlight): number {
  return input === 'off' ? 0 : input;
}

function resolveRule(rule: PriorityRuleInput): PriorityRule {
  return {
    header: rule.header?.toLowerCase() ?? '',
    value: rule.value ?? '',
    method: rule.method ?? '',
    path: rule.path ?? '',
    class: rule.class,
  };
}
