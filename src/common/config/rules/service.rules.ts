import type { ConfigIssue, ConfigPath } from '../issues/config-issue.js';
import type { CaFiles } from '../resolve/ca-files.js';
import { backendRules } from './backend.rules.js';
import { healthDefaultsRules, healthRules } from './health.rules.js';
import { accessLogRules } from './policies/access-log.rules.js';
import { breakerDefaultsRules } from './policies/breaker.rules.js';
import { policyRules } from './policies/index.js';
import { looseObject, looseTexts } from './loose.js';
import { rateLimitRules } from './rate-limit.rules.js';
import { retriesRules } from './retries.rules.js';
import { routeHost, routePath } from './route-claims.js';
import { timeoutRules } from './timeout.rules.js';
import { quoted } from '../units/quoted.js';

/** What is wrong within one service beyond what its schema sees. */
export function serviceRules(
  service: unknown,
  defaults: unknown,
  base: ConfigPath,
  caFiles: CaFiles,
): ConfigIssue[] {
  const keys = looseObject(service);
  return [
    ...repeated(keys['hosts'], routeHost, [...base, 'hosts']),
    ...repeated(keys['paths'], routePath, [...base, 'paths']),
    ...backendRules(keys['backends'], [...base, 'backends']),
    ...healthRules(keys['health'], looseObject(defaults)['health'], [...base, 'health']),
    ...rateLimitRules(keys['rateLimits'], keys['paths'], [...base, 'rateLimits']),
    ...retriesRules(keys, looseObject(defaults), [...base, 'retries']),
    ...timeoutRules(keys['timeouts'], looseObject(defaults)['timeouts'], [...base, 'timeouts']),
    ...policyRules({ keys, defaults: looseObject(defaults), base }),
    ...tlsRules(keys['tls'], [...base, 'tls'], caFiles),
  ];
}

/** The same for `defaults`. */
export function defaultsRules(defaults: unknown, base: ConfigPath, caFiles: CaFiles): ConfigIssue[] {
  const keys = looseObject(defaults);
  return [
    ...healthDefaultsRules(keys['health'], [...base, 'health']),
    ...retriesRules(keys, {}, [...base, 'retries']),
    ...timeoutRules(keys['timeouts'], {}, [...base, 'timeouts']),
    ...breakerDefaultsRules(keys, base),
    ...accessLogRules(keys['accessLog'], [...base, 'accessLog']),
    ...tlsRules(keys['tls'], [...base, 'tls'], caFiles),
  ];
}

function tlsRules(tls: unknown, base: ConfigPath, caFiles: CaFiles): ConfigIssue[] {
  const { ca } = looseObject(tls);
  if (typeof ca !== 'string' || ca === '') return [];
  const result = caFiles.read(ca);
  return result.ok ? [] : [{ path: [...base, 'ca'], message: result.problem }];
}

function repeated(list: unknown, normalised: (text: string) => string, base: ConfigPath): ConfigIssue[] {
  const first = new Map<string, number>();
  const issues: ConfigIssue[] = [];
  for (const [index, text] of looseTexts(list)) {
    const key = normalised(text);
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, index);
    else
      issues.push({
        path: [...base, index],
        message: `${quoted(text)} is listed already, as item ${earlier}: remove it`,
      });
  }
  return issues;
}
