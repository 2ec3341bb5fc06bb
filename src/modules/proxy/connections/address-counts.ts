import {
  ADDRESS_CELLS,
  ADDRESS_ROWS,
  AddressCell,
  type SharedMemory,
} from '../../../common/contract/index.js';
import { AddressKey } from './address.key.js';

/** Rows from its home on that an address may stand in: what a lookup costs at most. */
const REACH = 64;
const NONE = -1;

/**
 * How many connections each client address has to one listener, over all workers, without a message: each worker counts in
 * a table of its own in the shared memory, and a reader sums what the tables say.
 *
 * A table has 16,384 rows, and an address may stand in 64 of them. Where those are taken, this worker counts the address
 * in a map of its own, which the others do not see: nothing is refused and nothing is lost, but for such an address
 * `total` leaves out what other workers hold in their maps.
 */
export class AddressCounts {
  private readonly own: Int32Array;
  private readonly tables: readonly Int32Array[];
  private readonly key = new AddressKey();
  private readonly beyondTable = new Map<string, number>();

  /** @param listener Index of the listener; addresses are counted for each listener apart. */
  constructor(
    memory: Pick<SharedMemory, 'workers'>,
    worker: number,
    private readonly listener: number,
  ) {
    this.tables = memory.workers.map((cells) => cells.addresses);
    this.own = this.tables[worker]!;
  }

  /**
   * Counts one more connection and answers how many the address now has over all workers. Workers that add at the same
   * moment may all see the higher number; none sees one that is too low. 0: the text is no address, nothing was counted.
   */
  add(address: string): number {
    if (!this.key.read(address)) return 0;
    const home = this.home();
    const row = this.rowToCountIn(home);
    if (row === NONE) this.beyondTable.set(address, this.counted(address) + 1);
    else Atomics.add(this.own, row + AddressCell.count, 1);
    return this.sum(home) + this.counted(address);
  }

  /** Takes back one `add` of the same address. */
  remove(address: string): void {
    const counted = this.counted(address);
    if (counted > 1) this.beyondTable.set(address, counted - 1);
    else if (counted === 1) this.beyondTable.delete(address);
    else if (this.key.read(address)) {
      const row = this.find(this.own, this.home());
      if (row !== NONE && this.own[row + AddressCell.count]! > 0) {
        Atomics.sub(this.own, row + AddressCell.count, 1);
      }
    }
  }

  /** Connections of an address over all workers, now. */
  total(address: string): number {
    return this.key.read(address) ? this.sum(this.home()) + this.counted(address) : 0;
  }

  private counted(address: string): number {
    return this.beyondTable.size === 0 ? 0 : (this.beyondTable.get(address) ?? 0);
  }

  private sum(home: number): number {
    let sum = 0;
    for (const table of this.tables) {
      const row = this.find(table, home);
      if (row === NONE) continue;
      const count = Atomics.load(table, row + AddressCell.count);
      // Its worker may have given the row to another address meanwhile.
      if (this.holds(table, row)) sum += count;
    }
    return sum;
  }

  /** The own row of the key, made if there is none; NONE: all rows in reach are taken. */
  private rowToCountIn(home: number): number {
    const own = this.find(this.own, home);
    if (own !== NONE) return own;
    for (let step = 0; step < REACH; step++) {
      const row = rowAt(home, step);
      if (this.own[row + AddressCell.count] !== 0) continue;
      for (let word = 0; word < 4; word++) {
        Atomics.store(this.own, row + AddressCell.address + word, this.key.words[word]!);
      }
      Atomics.store(this.own, row + AddressCell.listener, this.listener + 1);
      return row;
    }
    return NONE;
  }

  /** Rows are reused but never emptied, so a row that was never used ends the search. */
  private find(table: Int32Array, home: number): number {
    for (let step = 0; step < REACH; step++) {
      const row = rowAt(home, step);
      if (Atomics.load(table, row + AddressCell.listener) === 0) return NONE;
      if (this.holds(table, row)) return row;
    }
    return NONE;
  }

  /** Atomic loads: they keep their order against the load of the count on every processor. */
  private holds(table: Int32Array, row: number): boolean {
    const { words } = this.key;
    const at = row + AddressCell.address;
    return (
      Atomics.load(table, at + 3) === words[3] &&
      Atomics.load(table, at + 2) === words[2] &&
      Atomics.load(table, at + 1) === words[1] &&
      Atomics.load(table, at) === words[0] &&
      Atomics.load(table, row + AddressCell.listener) === this.listener + 1
    );
  }

  /** Where the search for the key begins, as a row. Spreads neighbours; who aims at one row only fills the 64 behind it. */
  private home(): number {
    let hash = Math.imul(this.listener + 1, 0x9e3779b1);
    for (let word = 0; word < 4; word++) {
      hash = Math.imul(hash ^ this.key.words[word]!, 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash, 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
}

/** Offset of the row's first cell. */
function rowAt(home: number, step: number): number {
  return ((home + step) % ADDRESS_ROWS) * ADDRESS_CELLS;
}
