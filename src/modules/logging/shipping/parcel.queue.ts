import { type Parcel, PlainParcel } from './parcel.js';

/** A parcel that waits, with what its earlier tries have taught. */
export interface QueuedParcel<T> {
  readonly sequence: number;
  readonly parcel: Parcel<T>;
  /** Tries that the store refused for another reason than being away. */
  readonly refusals: number;
  /** It may hold a record that the store refuses: never sent together with others. */
  readonly suspect: boolean;
}

/** How often a parcel may be refused before it is searched for the record at fault. */
export const MAX_REFUSALS = 3;

/** First in, first out; what came back from a failed try keeps its place. */
export class ParcelQueue<T> {
  private waiting: QueuedParcel<T>[] = [];
  private sequence = 0;
  private waitingBytes = 0;

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Memory of what waits, about. */
  get bytes(): number {
    return this.waitingBytes;
  }

  add(parcel: Parcel<T>): void {
    this.waitingBytes += parcel.bytes;
    this.waiting.push({ sequence: this.sequence++, parcel, refusals: 0, suspect: false });
  }

  putBack(parcels: readonly QueuedParcel<T>[]): void {
    for (const { parcel } of parcels) this.waitingBytes += parcel.bytes;
    this.waiting.unshift(...parcels);
    this.waiting.sort((a, b) => a.sequence - b.sequence);
  }

  /** The oldest parcels that together hold at most `records`; at least one parcel. */
  take(records: number): QueuedParcel<T>[] {
    let count = 0;
    let length = 0;
    for (const { parcel, suspect } of this.waiting) {
      count += parcel.count;
      if (length > 0 && (suspect || count > records)) break;
      length++;
      if (suspect) break;
    }
    const taken = this.waiting.splice(0, length);
    for (const { parcel } of taken) this.waitingBytes -= parcel.bytes;
    return taken;
  }

  /** Removes the oldest parcel; returns how many records it held. */
  dropOldest(): number {
    const oldest = this.waiting.shift();
    if (oldest === undefined) return 0;
    this.waitingBytes -= oldest.parcel.bytes;
    return oldest.parcel.count;
  }
}

/**
 * What to do with a parcel that the store refused: try again as it is, then in halves until the record at fault is
 * alone. An empty answer means that it was alone and is given up.
 */
export function afterRefusal<T>(queued: QueuedParcel<T>): QueuedParcel<T>[] {
  const refusals = queued.refusals + 1;
  if (refusals < MAX_REFUSALS) return [{ ...queued, refusals }];
  if (!queued.suspect) return [{ ...queued, refusals, suspect: true }];
  const { records } = queued.parcel.open();
  if (records.length <= 1) return [];
  const middle = records.length >> 1;
  return [records.slice(0, middle), records.slice(middle)].map((half) => ({
    sequence: queued.sequence,
    parcel: new PlainParcel(half),
    refusals,
    suspect: true,
  }));
}
