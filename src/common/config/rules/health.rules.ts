import { BUILT_IN } from '../built-in-defaults.js';
import type { ConfigIssue, ConfigPath } from '../issues/config-issue.js';
import { parseDuration } from '../units/duration.js';
import { looseObject, type LooseObject } from './loose.js';

const REQUEST_KEYS = ['path', 'method', 'headers', 'status', 'body'];

/**
 * What is wrong between the keys of `health`. `own` is what stands there, `inherited` what `defaults` adds.
 * Only what an own key takes part in is reported, so a mistake in `defaults` is not repeated for each service.
 */
export function healthRules(own: unknown, inherited: unknown, base: ConfigPath): ConfigIssue[] {
  const keys = looseObject(own);
  if (Object.keys(keys).length === 0) return [];
  const merged = { ...BUILT_IN.health, ...looseObject(inherited), ...keys };
  return [
    ...uselessKeys(keys, merged, base),
    ...timeoutBelowInterval(keys, merged, base),
    ...bodyOfHead(keys, merged, base),
  ];
}

/** `defaults` may set keys for services that choose another type. */
export function healthDefaultsRules(defaults: unknown, base: ConfigPath): ConfigIssue[] {
  const keys = looseObject(defaults);
  const merged = { ...BUILT_IN.health, ...keys };
  return [...timeoutBelowInterval(keys, merged, base), ...bodyOfHead(keys, merged, base)];
}

function uselessKeys(own: LooseObject, merged: LooseObject, base: ConfigPath): ConfigIssue[] {
  const { type } = merged;
  if (type !== 'tcp' && type !== 'none') return [];
  const advice =
    own['type'] === undefined
      ? 'add "type: http" or "type: https"'
      : 'remove it, or set type to http or https';
  const message = `is used by http and https probes only, and the type is ${type}: ${advice}`;
  return REQUEST_KEYS.filter((key) => own[key] !== undefined).map((key) => ({
    path: [...base, key],
    message,
  }));
}

function timeoutBelowInterval(own: LooseObject, merged: LooseObject, base: ConfigPath): ConfigIssue[] {
  const key = own['timeout'] !== undefined ? 'timeout' : 'interval';
  const timeout = parseDuration(merged['timeout']);
  const interval = parseDuration(merged['interval']);
  if (own[key] === undefined || timeout === null || interval === null || timeout < interval) return [];
  const texts = { timeout: String(merged['timeout']), interval: String(merged['interval']) };
  const message =
    key === 'timeout'
      ? `${texts.timeout} must be below the interval (${texts.interval}): lower it, or raise \`interval\``
      : `${texts.interval} must be above the timeout (${texts.timeout}): raise it, or set \`timeout\` lower`;
  return [{ path: [...base, key], message }];
}

function bodyOfHead(own: LooseObject, merged: LooseObject, base: ConfigPath): ConfigIssue[] {
  if (merged['method'] !== 'HEAD' || merged['body'] === undefined) return [];
  const key = own['body'] === undefined ? 'method' : 'body';
  if (own[key] === undefined) return [];
  return [
    {
      path: [...base, key],
      message: 'cannot be met: an answer to HEAD has no body; use GET, or remove `body`',
    },
  ];
}
