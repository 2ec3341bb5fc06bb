/** Who asks for a lease, and for how long. */
export interface LeaseRequest {
  readonly name: string;
  /** Id of the balancer that asks. */
  readonly holder: string;
  /** Milliseconds from now, by the clock of the store, until it ends by itself. */
  readonly ttlMs: number;
}

/** What became of a request. */
export interface LeaseAnswer {
  /** Whether the one who asked holds it now. */
  readonly isHeld: boolean;
  /** Of the present holder. Grows whenever the lease is taken anew, and never falls. */
  readonly term: number;
  /** Milliseconds, by the clock of the store, until it ends unless it is renewed. */
  readonly remainingMs: number;
}

export interface HeldLease {
  readonly name: string;
  readonly holder: string;
  readonly term: number;
}

/**
 * Keeps time-limited rights that one balancer at a time may hold. Time is the store's alone: the clocks of balancers
 * need not agree. All calls reject with STORE_UNAVAILABLE when the store is away.
 */
export interface LeaseStore {
  /**
   * Gives the lease to one who asks when nobody holds it, or when it has ended: then with the next term. To its holder it
   * is prolonged, with the same term. One atomic step; kept on disk before it resolves with a new term.
   */
  acquire(request: LeaseRequest): Promise<LeaseAnswer>;
  /** Ends the lease now, if it is still held with this term. */
  release(lease: HeldLease): Promise<void>;
  /** Those that are held now, by name. */
  held(): Promise<readonly HeldLease[]>;
}

export const LEASE_STORE = Symbol('LeaseStore');
