import { durationProblem, parseDuration } from '../../common/config/index.js';
import { MAX_REPLAY } from '../changes/index.js';
import type { ApplyMode, GuardTerms } from '../registry/index.js';
import { type RawQuery, refusedParameter } from './query.reader.js';

const DEFAULT_REPLAY = 10_000;
const DEFAULT_ERROR_INCREASE = 0.05;
const DEFAULT_LATENCY_FACTOR = 2;
const MAX_LATENCY_FACTOR = 100;
/** A change that nobody confirms for longer than this is one that people live with. */
const GUARD_LIMITS = { min: 1_000, max: 86_400_000 };

/** Names of the query parameters that set the terms of a guard. */
export const GUARD_PARAMETERS = ['guard', 'confirmation', 'maxErrorIncrease', 'maxLatencyFactor'] as const;

/** Default `merge`. Throws REQUEST_INVALID, as all of these do. */
export function modeIn(query: RawQuery): ApplyMode {
  const mode = single(query, 'mode') ?? 'merge';
  if (mode === 'merge' || mode === 'replace') return mode;
  throw refusedParameter('mode', 'must be merge or replace');
}

/** How many exchanges are replayed; 0: none. */
export function replayIn(query: RawQuery): number {
  const text = single(query, 'replay');
  if (text === undefined) return DEFAULT_REPLAY;
  const count = /^[0-9]{1,6}$/.test(text) ? Number(text) : -1;
  if (count >= 0 && count <= MAX_REPLAY) return count;
  throw refusedParameter('replay', `must be a whole number from 0 to ${MAX_REPLAY}`);
}

/** undefined: the change is to stay at once. The deadline counts from now on. */
export function guardTermsIn(query: RawQuery): GuardTerms | undefined {
  const text = single(query, 'guard');
  if (text === undefined) return requireNoTerms(query);
  const problem = durationProblem(text, GUARD_LIMITS);
  if (problem !== null) throw refusedParameter('guard', problem);
  return {
    deadline: Date.now() + parseDuration(text)!,
    confirmation: confirmationIn(query),
    maxErrorIncrease: shareIn(query, 'maxErrorIncrease') ?? DEFAULT_ERROR_INCREASE,
    maxLatencyFactor: factorIn(query, 'maxLatencyFactor') ?? DEFAULT_LATENCY_FACTOR,
  };
}

/** Throws REQUEST_INVALID for a parameter that is none of these. */
export function refuseOthers(query: RawQuery, known: readonly string[]): void {
  const unknown = Object.keys(query).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw refusedParameter(unknown, `is not known here: ${known.join(', ') || 'none'} is`);
}

function requireNoTerms(query: RawQuery): undefined {
  const stray = GUARD_PARAMETERS.find((name) => name in query);
  if (stray !== undefined) throw refusedParameter(stray, 'says how a guard judges: give guard=60s with it');
}

function confirmationIn(query: RawQuery): GuardTerms['confirmation'] {
  const confirmation = single(query, 'confirmation') ?? 'manual';
  if (confirmation === 'manual' || confirmation === 'auto') return confirmation;
  throw refusedParameter('confirmation', 'must be manual or auto');
}

function shareIn(query: RawQuery, name: string): number | undefined {
  const text = single(query, name);
  if (text === undefined) return undefined;
  const percent = /^[0-9]{1,3}(\.[0-9]{1,3})?%$/.test(text) ? Number(text.slice(0, -1)) : -1;
  if (percent >= 0 && percent <= 100) return percent / 100;
  throw refusedParameter(name, 'must be a share from 0% to 100%, such as 5%');
}

function factorIn(query: RawQuery, name: string): number | undefined {
  const text = single(query, name);
  if (text === undefined) return undefined;
  const factor = /^[0-9]{1,3}(\.[0-9]{1,3})?$/.test(text) ? Number(text) : 0;
  if (factor >= 1 && factor <= MAX_LATENCY_FACTOR) return factor;
  throw refusedParameter(name, `must be a number from 1 to ${MAX_LATENCY_FACTOR}, such as 2`);
}

function single(query: RawQuery, name: string): string | undefined {
  const text = query[name];
  if (text === undefined || typeof text === 'string') return text;
  throw refusedParameter(name, 'is given more than once: give it once');
}
