import { VelocityError } from '../../src/common/errors/index.js';

/** The writing half of a log store in memory: idempotent by id, can go away, can refuse single records. */
export class MemoryLogStore<T extends { readonly id: string }> {
  readonly records = new Map<string, T>();
  /** Sizes of the appends that succeeded. */
  readonly appended: number[] = [];
  readonly poisoned = new Set<string>();
  attempts = 0;
  inFlight = 0;
  maxInFlight = 0;
  private away = false;
  private gate: Promise<void> | null = null;
  private readonly waiting: { readonly until: () => boolean; readonly resolve: () => void }[] = [];

  async append(records: readonly T[]): Promise<void> {
    this.attempts++;
    this.maxInFlight = Math.max(this.maxInFlight, ++this.inFlight);
    try {
      await (this.gate ?? Promise.resolve());
      if (this.away) throw new VelocityError('STORE_UNAVAILABLE', 'The store is away.');
      const bad = records.find(({ id }) => this.poisoned.has(id));
      if (bad) throw new TypeError(`record ${bad.id} cannot be stored`);
      for (const record of records) this.records.set(record.id, record);
      this.appended.push(records.length);
    } finally {
      this.inFlight--;
      this.notify();
    }
  }

  goAway(): void {
    this.away = true;
  }

  comeBack(): void {
    this.away = false;
  }

  /** Appends wait from now on until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.gate = promise;
    return () => {
      this.gate = null;
      resolve();
    };
  }

  /** Resolves after the append that makes the condition true. */
  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waiting.push({ until: condition, resolve });
    await promise;
  }

  private notify(): void {
    for (const waiter of this.waiting) if (waiter.until()) waiter.resolve();
  }
}
