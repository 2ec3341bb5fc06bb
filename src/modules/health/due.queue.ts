/** Something that is due at a time; the queue keeps its place in `position` (-1: not queued). */
export interface Due {
  dueMs: number;
  position: number;
}

/** What is due next, as a binary heap: adding, taking and removing cost the logarithm of the length. */
export class DueQueue<T extends Due> {
  private readonly heap: T[] = [];

  get size(): number {
    return this.heap.length;
  }

  peek(): T | undefined {
    return this.heap[0];
  }

  /** An item is in one queue at most; its `dueMs` must not change while it is. */
  add(item: T): void {
    this.heap.push(item);
    this.rise(item, this.heap.length - 1);
  }

  take(): T | undefined {
    const first = this.heap[0];
    if (first) this.remove(first);
    return first;
  }

  /** Does nothing when the item is not queued. */
  remove(item: T): void {
    const { position } = item;
    if (position === -1 || this.heap[position] !== item) return;
    item.position = -1;
    const last = this.heap.pop()!;
    if (last === item) return;
    this.rise(last, position);
    this.sink(last, last.position);
  }

  /** Moves an item up from an empty place. */
  private rise(item: T, start: number): void {
    let place = start;
    while (place > 0) {
      const parentPlace = (place - 1) >> 1;
      const parent = this.heap[parentPlace]!;
      if (parent.dueMs <= item.dueMs) break;
      this.put(parent, place);
      place = parentPlace;
    }
    this.put(item, place);
  }

  private sink(item: T, start: number): void {
    let place = start;
    for (;;) {
      const left = 2 * place + 1;
      const right = left + 1;
      let childPlace = left;
      if (right < this.heap.length && this.heap[right]!.dueMs < this.heap[left]!.dueMs) childPlace = right;
      const child = this.heap[childPlace];
      if (!child || child.dueMs >= item.dueMs) break;
      this.put(child, place);
      place = childPlace;
    }
    this.put(item, place);
  }

  private put(item: T, place: number): void {
    this.heap[place] = item;
    item.position = place;
  }
}
