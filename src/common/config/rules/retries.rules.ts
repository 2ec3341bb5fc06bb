import { BUILT_IN } from '../built-in-defaults.js';
import type { ConfigIssue, ConfigPath } from '../issues/config-issue.js';
import { parseDuration } from '../units/duration.js';
import { looseObject, type LooseObject } from './loose.js';

/** The parts of a service, or of `defaults`, that these rules look at. */
interface RetryKeys {
  readonly retries?: unknown;
  readonly timeouts?: unknown;
}

/**
 * What is wrong between the keys of `retries`. Only what an own key takes part in is reported, so a mistake in `defaults`
 * is not repeated for each service.
 */
export function retriesRules(own: RetryKeys, inherited: RetryKeys, base: ConfigPath): ConfigIssue[] {
  const keys = looseObject(own.retries);
  const defaults = looseObject(inherited.retries);
  const times = { ...BUILT_IN.timeouts, ...looseObject(inherited.timeouts), ...looseObject(own.timeouts) };
  return [
    ...backoffOrder(looseObject(keys['backoff']), looseObject(defaults['backoff']), [...base, 'backoff']),
    ...tryWithinRequest(keys['perTry'], times, base),
    ...hedgeWithinTry(keys, { ...BUILT_IN.retries, ...defaults, ...keys }, base),
  ];
}

function backoffOrder(own: LooseObject, inherited: LooseObject, path: ConfigPath): ConfigIssue[] {
  const { base, max } = { ...BUILT_IN.retries.backoff, ...inherited, ...own };
  const [baseMs, maxMs] = [parseDuration(base), parseDuration(max)];
  if (baseMs === null || maxMs === null || baseMs <= maxMs) return [];
  if (own['base'] !== undefined) {
    const message = `${String(base)} is above the longest pause (${String(max)}): lower it, or raise \`max\``;
    return [{ path: [...path, 'base'], message }];
  }
  if (own['max'] === undefined) return [];
  const message = `${String(max)} is below the first pause (${String(base)}): raise it, or lower \`base\``;
  return [{ path: [...path, 'max'], message }];
}

function tryWithinRequest(perTry: unknown, times: LooseObject, base: ConfigPath): ConfigIssue[] {
  const [tryMs, requestMs] = [parseDuration(perTry), parseDuration(times['request'])];
  if (tryMs === null || requestMs === null || requestMs === 0 || tryMs < requestMs) return [];
  const message = `${String(perTry)} is not below the limit of the whole request (${String(times['request'])}), which ends it first: lower it, or remove it`;
  return [{ path: [...base, 'perTry'], message }];
}

function hedgeWithinTry(own: LooseObject, merged: LooseObject, base: ConfigPath): ConfigIssue[] {
  const { after } = looseObject(merged['hedge']);
  const [afterMs, tryMs] = [parseDuration(after), parseDuration(merged['perTry'])];
  if (afterMs === null || tryMs === null || tryMs === 0 || afterMs < tryMs) return [];
  if (own['hedge'] !== undefined) {
    const message = `${String(after)} is not below \`perTry\` (${String(merged['perTry'])}), which ends the first try before: lower it, or raise \`perTry\``;
    return [{ path: [...base, 'hedge', 'after'], message }];
  }
  if (own['perTry'] === undefined) return [];
  const message = `${String(merged['perTry'])} is not above \`hedge.after\` (${String(after)}), so that nothing would be hedged: raise it, or set \`hedge\` to off`;
  return [{ path: [...base, 'perTry'], message }];
}
