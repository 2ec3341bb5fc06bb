import { VelocityError } from '../../common/errors/index.js';

/**
 * Gives each key (a backend id, a service name) a slot of the shared memory and keeps it for as long as the key lives.
 * A released slot is given to another key only when nobody can still use it: see {@link SlotAllocator.reclaim}.
 */
export class SlotAllocator {
  private readonly slots = new Map<string, number>();
  private readonly free: number[] = [];
  private retired: RetiredSlot[] = [];
  private fresh = 0;

  constructor(
    private readonly capacity: number,
    private readonly noun: string,
  ) {}

  get(key: string): number | undefined {
    return this.slots.get(key);
  }

  /** Throws CAPACITY_EXCEEDED when not all of the keys can have a slot now; takes none. */
  assertRoom(keys: readonly string[]): void {
    const missing = keys.reduce((count, key) => count + (this.slots.has(key) ? 0 : 1), 0);
    if (missing > this.free.length + this.capacity - this.fresh) throw this.full();
  }

  /** The slot of a key; `isNew` tells that it was taken just now. Throws CAPACITY_EXCEEDED. */
  acquire(key: string): { slot: number; isNew: boolean } {
    const known = this.slots.get(key);
    if (known !== undefined) return { slot: known, isNew: false };
    const slot = this.free.pop() ?? this.nextFresh();
    this.slots.set(key, slot);
    return { slot, isNew: true };
  }

  /** Drops the keys that are not in `alive`; their slots stay untouched until {@link reclaim}. */
  retireAllBut(alive: ReadonlySet<string>, generation: number): void {
    for (const [key, slot] of this.slots) {
      if (alive.has(key)) continue;
      this.slots.delete(key);
      this.retired.push({ slot, generation });
    }
  }

  /**
   * Frees retired slots that no thread uses any more: every worker runs at least the generation that dropped the
   * slot, and nothing is in flight on it. Returns them.
   */
  reclaim(oldestGeneration: number, isIdle: (slot: number) => boolean): readonly number[] {
    const freed: number[] = [];
    this.retired = this.retired.filter(({ slot, generation }) => {
      if (oldestGeneration < generation || !isIdle(slot)) return true;
      freed.push(slot);
      return false;
    });
    this.free.push(...freed);
    return freed;
  }

  private nextFresh(): number {
    if (this.fresh === this.capacity) throw this.full();
    return this.fresh++;
  }

  private full(): VelocityError {
    return new VelocityError(
      'CAPACITY_EXCEEDED',
      `There is room for ${this.capacity} ${this.noun}; remove some before adding more.`,
    );
  }
}

interface RetiredSlot {
  readonly slot: number;
  /** First generation that no longer holds the slot. */
  readonly generation: number;
}
