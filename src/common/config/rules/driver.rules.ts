import type { ConfigIssue } from '../issues/config-issue.js';
import { looseList, looseObject } from './loose.js';
import { driverOf } from './policies/scaling.rules.js';

/** Services whose driver the file does not name, and discovery without its engine: in the whole configuration as a start reads it. */
export function driverRules(config: unknown): ConfigIssue[] {
  const { drivers, services, discovery } = looseObject(config);
  const named = looseObject(drivers);
  const issues: ConfigIssue[] = looseList(services).flatMap((service, index): ConfigIssue[] => {
    const driver = driverOf(looseObject(service)['scaling']);
    if (driver === undefined || named[driver] !== undefined) return [];
    const message = `needs the driver ${driver}, which is not named: write the top-level key drivers: { ${driver}: {} }, or remove this one`;
    return [{ path: ['services', index, 'scaling', driver], message, atKey: true }];
  });
  if (looseObject(discovery)['docker'] !== undefined && named['docker'] === undefined) {
    const message = 'needs the engine: write the top-level key drivers: { docker: {} }, or remove this one';
    issues.push({ path: ['discovery', 'docker'], message, atKey: true });
  }
  return issues;
}
