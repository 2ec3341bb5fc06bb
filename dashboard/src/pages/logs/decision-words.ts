import type { AccessLogRecord } from '../../api/types';

type Decision = NonNullable<AccessLogRecord['decision']>;
export type Pick = Decision['picks'][number];
export type Candidate = Pick['candidates'][number];
export type Limit = Decision['limits'][number];

/** Why the decision was kept. */
export const CAUSES: Readonly<Record<Decision['cause'], string>> = {
  drop: 'kept because the exchange was dropped',
  fallback: 'kept because another service took over',
  error: 'kept because it failed',
  retry: 'kept because it was tried again',
  slow: 'kept because it was slow',
  sample: 'kept as a sample of those that went well',
  asked: 'asked for just now',
};

export const PICKS: Readonly<Record<Pick['kind'], string>> = {
  first: 'First pick',
  retry: 'Pick of a retry',
  hedge: 'Pick of a hedged attempt',
  again: 'Pick after waiting',
};

export const RULES: Readonly<Record<Pick['rule'], string>> = {
  none: 'nobody could be picked',
  trial: 'a backend on trial came first',
  turn: 'it was its turn',
  least: 'it had the least in flight for its weight',
  draw: 'it was drawn',
  two: 'it was the better one of two that were drawn',
  hash: 'it has the best score for the key',
  affinity: "the client's cookie names it",
};

const SKIPPED: Readonly<Record<NonNullable<Candidate['skipped']>, string>> = {
  out: 'out of rotation',
  no_weight: 'weight 0',
  backup: 'a backup, not needed',
  full: 'full',
  tried: 'tried already',
  bound: 'more than its share in flight',
  not_drawn: 'not drawn',
  lost: 'another one was better',
  other_group: 'of another group',
  trial_elsewhere: 'a trial came first',
  behind: 'others waited before',
};

/** `out of rotation: draining`. */
export function verdictOf({ skipped, states }: Candidate): string {
  if (skipped === null) return states.length === 0 ? 'picked' : `picked: ${states.join(', ')}`;
  return states.length === 0 ? SKIPPED[skipped] : `${SKIPPED[skipped]}: ${states.join(', ')}`;
}

export function limitWords({ by, header, limit, windowMs, burst }: Limit): string {
  const counted = by.length === 0 ? 'all together' : `by ${by.join(' and ')}${header && ` ${header}`}`;
  const window = windowMs % 60_000 === 0 ? `${windowMs / 60_000} min` : `${windowMs / 1000} s`;
  return `${limit} in ${window}, ${burst} at once, counted ${counted}`;
}
