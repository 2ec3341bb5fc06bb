interface Failures {
  count: number;
  readonly windowStartMs: number;
}

/** Counts failed attempts per client address in windows of one minute. Memory is bounded: the oldest addresses go first. */
export class FailureThrottle {
  private readonly byAddress = new Map<string, Failures>();

  constructor(
    private readonly limit = 10,
    private readonly windowMs = 60_000,
    private readonly maxAddresses = 10_000,
    private readonly nowMs: () => number = Date.now,
  ) {}

  /** Counts one failure. Returns 0 while the address is within the limit, else the seconds until its window ends. */
  fail(address: string): number {
    const now = this.nowMs();
    const failures = this.windowOf(address, now);
    failures.count++;
    if (failures.count <= this.limit) return 0;
    return Math.max(1, Math.ceil((failures.windowStartMs + this.windowMs - now) / 1000));
  }

  /** Addresses remembered now. */
  get size(): number {
    return this.byAddress.size;
  }

  private windowOf(address: string, now: number): Failures {
    const known = this.byAddress.get(address);
    if (known && now - known.windowStartMs < this.windowMs) return known;
    this.byAddress.delete(address);
    if (this.byAddress.size >= this.maxAddresses) this.forgetOldest();
    const failures = { count: 0, windowStartMs: now };
    this.byAddress.set(address, failures);
    return failures;
  }

  private forgetOldest(): void {
    for (const address of this.byAddress.keys()) {
      this.byAddress.delete(address);
      return;
    }
  }
}
