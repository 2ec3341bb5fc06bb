import type { BalancerLoad } from './balancer-load.js';

/** A balancer that said nothing for so long is gone: it missed five announcements. */
export const GONE_AFTER_MS = 10_000;

/** What a balancer says about itself. */
export interface BalancerEntry {
  /** Of this process: another start is another balancer. */
  readonly id: string;
  /** Name of its machine or container. */
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  /** Unix milliseconds, by its own clock. */
  readonly startedAt: number;
  /** Of the desired state that it runs; 0: none from the store yet. */
  readonly revision: number;
  /** Of the snapshot that it published; 0: none yet. */
  readonly generation: number;
  /** URL of its admin API; empty: not open yet. */
  readonly admin: string;
  /** Only of one that has run a service that is scaled, or a backend that was not typed in. */
  readonly load?: BalancerLoad;
}

export interface SeenBalancer extends BalancerEntry {
  /** When it last said so: Unix milliseconds by the clock of the store. */
  readonly seenAt: number;
}

/** Keeps what balancers say about themselves. All calls reject with STORE_UNAVAILABLE when the store is away. */
export interface RosterStore {
  /** Replaces what this balancer said before. */
  announce(entry: BalancerEntry): Promise<void>;
  /** Those who said something in the last so many milliseconds, the longest running first. */
  seen(withinMs: number): Promise<readonly SeenBalancer[]>;
  withdraw(id: string): Promise<void>;
  /** Removes those who said nothing for so many milliseconds. */
  forget(olderThanMs: number): Promise<void>;
}

export const ROSTER_STORE = Symbol('RosterStore');
