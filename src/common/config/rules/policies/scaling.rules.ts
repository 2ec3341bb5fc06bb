import { BUILT_IN } from '../../built-in-defaults.js';
import type { ConfigIssue, ConfigPath } from '../../issues/config-issue.js';
import { DRIVER_NAMES } from '../../schema/scaling/scaling.schema.js';
import { parseDuration } from '../../units/duration.js';
import { parsePortRange, portCount } from '../../units/port-range.js';
import { looseList, looseObject, type LooseObject } from '../loose.js';
import type { RuledService } from './ruled-service.js';

/** What is wrong between the keys of a service's scaling, and between it and the rest of the service. */
export function scalingRules({ keys, defaults, base }: RuledService): readonly ConfigIssue[] {
  if (keys['scaling'] === undefined) return [];
  const scaling = looseObject(keys['scaling']);
  const path = [...base, 'scaling'];
  return [
    ...boundRules(scaling, path),
    ...portRules(scaling, path),
    ...metricRules(scaling, { ...looseObject(defaults['queue']), ...looseObject(keys['queue']) }, path),
    ...scheduleRules(scaling, path),
    ...groupRules(keys, path),
  ];
}

/** The driver that a service names; undefined: none, or several. */
export function driverOf(scaling: unknown): (typeof DRIVER_NAMES)[number] | undefined {
  const named = DRIVER_NAMES.filter((name) => looseObject(scaling)[name] !== undefined);
  return named.length === 1 ? named[0] : undefined;
}

function boundRules(scaling: LooseObject, path: ConfigPath): ConfigIssue[] {
  const { min, max } = bounds(scaling);
  const issues: ConfigIssue[] = [];
  if (min > max) {
    const [key, message] =
      scaling['min'] === undefined
        ? ['max', `${max} is below min (${min}, which is what it is unless written): write min, too`]
        : [
            'min',
            `${min} is above max (${max}${scaling['max'] === undefined ? ', which is what it is unless written' : ''}): lower min, or raise max`,
          ];
    issues.push({ path: [...path, key], message });
  }
  const idle = parseDuration(scaling['idle']);
  if (idle !== null && idle > 0 && min > 0) {
    const message = `has no meaning while at least ${min} must run: write min: 0, or remove it`;
    issues.push({ path: [...path, 'idle'], message });
  }
  return issues;
}

function portRules(scaling: LooseObject, path: ConfigPath): ConfigIssue[] {
  const written = looseObject(scaling['process'])['ports'];
  const ports = parsePortRange(written);
  const { max } = bounds(scaling);
  if (ports === null || portCount(ports) >= max) return [];
  const count = portCount(ports) === 1 ? 'is one port' : `are ${portCount(ports)} ports`;
  const message = `${String(written)} ${count} for up to ${max} processes (max): write at least ${max}`;
  return [{ path: [...path, 'process', 'ports'], message }];
}

/** A metric that nobody measures, or that is always 0. */
function metricRules(scaling: LooseObject, queue: LooseObject, path: ConfigPath): ConfigIssue[] {
  const targets = looseObject(scaling['targets']);
  const driver = driverOf(scaling);
  const issues: ConfigIssue[] = [];
  if (targets['cpu'] !== undefined && driver !== undefined && driver !== 'process' && driver !== 'docker') {
    const message = `has no source: the ${driver} driver does not know what its copies use; use another target`;
    issues.push({ path: [...path, 'targets', 'cpu'], message });
  }
  const { size = BUILT_IN.queue.size } = queue;
  if (targets['queue'] !== undefined && size === 0) {
    const message = 'has no source: nobody waits at this service; write queue.size, or use another target';
    issues.push({ path: [...path, 'targets', 'queue'], message });
  }
  return issues;
}

function scheduleRules(scaling: LooseObject, path: ConfigPath): ConfigIssue[] {
  const { min, max } = bounds(scaling);
  return looseList(scaling['schedules']).flatMap((schedule, index): ConfigIssue[] => {
    const floor = looseObject(schedule)['min'];
    const at = [...path, 'schedules', index, 'min'];
    if (typeof floor !== 'number') return [];
    if (floor > max) return [{ path: at, message: `${floor} is above max (${max}): lower it, or raise max` }];
    if (floor > min || min > max) return [];
    return [
      { path: at, message: `${floor} is not above min (${min}), so it would change nothing: raise it` },
    ];
  });
}

/** Backends that nobody types in can be in no group. */
function groupRules(keys: LooseObject, path: ConfigPath): ConfigIssue[] {
  if (keys['split'] === undefined) return [];
  const message = 'cannot be used beside split: what it starts would be in no group; remove one of the two';
  return [{ path, message, atKey: true }];
}

function bounds(scaling: LooseObject): { min: number; max: number } {
  const { min, max } = scaling;
  return {
    min: typeof min === 'number' ? min : BUILT_IN.scaling.min,
    max: typeof max === 'number' ? max : BUILT_IN.scaling.max,
  };
}
