import type { Guard } from '../../registry/index.js';
import type { Traffic } from './traffic.js';

/** The time since a change beside the time before it. */
export interface Comparison {
  readonly now: Traffic;
  readonly baseline: Traffic;
}

export interface ServiceComparison extends Comparison {
  readonly service: string;
}

/** A change that has to prove itself, and how it does. */
export interface WatchedGuard extends Guard, Comparison {
  /** Until the deadline; 0: it has passed. */
  readonly secondsLeft: number;
  /** Of the services that the change touched and that had traffic since: those with most errors, at most 20. */
  readonly services: readonly ServiceComparison[];
  /** Why it could not be settled yet, though it should be; empty: nothing went wrong. */
  readonly problem: string;
}

/** How a guarded change ended. Numbers are of this balancer's traffic, from the change to its end. */
export interface GuardOutcome extends Traffic {
  readonly revision: number;
  readonly previous: number;
  readonly author: string;
  readonly verdict: 'confirmed' | 'reverted';
  readonly why: string;
  /** Unix milliseconds of the end. */
  readonly time: number;
  readonly durationMs: number;
  readonly baseline: Traffic;
  readonly services: readonly ServiceComparison[];
}

export interface GuardStatus {
  readonly guard: WatchedGuard | null;
  /** Newest first, since this process started; at most 10. */
  readonly outcomes: readonly GuardOutcome[];
}
