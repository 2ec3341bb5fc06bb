import { BUILT_IN } from '../built-in-defaults.js';
import type { ConfigIssue } from '../issues/config-issue.js';
import { isLoopback } from '../units/loopback.js';
import { looseObject } from './loose.js';

/** What is wrong between the keys of `admin`: an API that anybody can reach must ask who they are. */
export function adminRules(config: unknown): ConfigIssue[] {
  const { host = BUILT_IN.admin.host, authentication } = looseObject(looseObject(config)['admin']);
  if (authentication !== 'off' || typeof host !== 'string' || isLoopback(host)) return [];
  const message = `is off, and ${host} can be reached from other machines: set \`host\` to 127.0.0.1, or remove \`authentication\``;
  return [{ path: ['admin', 'authentication'], message }];
}
