import { BAN_REASONS } from '../../contract/ban-reasons.js';
import type { BanRuleSettings } from '../../contract/policies/index.js';
import { BUILT_IN } from '../built-in-defaults.js';
import type { BanRuleInput } from '../schema.js';
import { parseDuration } from '../units/duration.js';

/** A rule as it runs. Its input is valid. */
export function resolveBanRule({ name, when, count, ...rest }: BanRuleInput): BanRuleSettings {
  const conditions = when.map(String);
  return {
    name,
    statuses: conditions.flatMap((condition) => statusRange(condition)),
    reasons: BAN_REASONS.filter((reason) => conditions.includes(reason)),
    count,
    windowMs: banWindowMs(rest.window),
    durationMs: banDurationMs(rest.duration),
    shadow: rest.mode === 'shadow',
  };
}

export function banWindowMs(text: unknown): number {
  return parseDuration(text ?? BUILT_IN.banRule.window) ?? 0;
}

export function banDurationMs(text: unknown): number {
  return parseDuration(text ?? BUILT_IN.banRule.duration) ?? 0;
}

/** Empty: it is a drop reason. */
function statusRange(condition: string): readonly (readonly [number, number])[] {
  const match = /^(\d)(\d\d|xx)$/.exec(condition);
  if (match === null) return [];
  const first = Number(match[1]) * 100;
  return match[2] === 'xx' ? [[first, first + 99]] : [[Number(condition), Number(condition)]];
}
