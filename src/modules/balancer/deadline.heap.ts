/** Indexes ordered by deadline, then by index. A binary heap over typed arrays: nothing is allocated after the constructor. */
export class DeadlineHeap {
  private readonly heap: Int32Array;
  private readonly deadlines: Float64Array;
  private size = 0;

  /** @param capacity number of different indexes; each is in the heap at most once. */
  constructor(capacity: number) {
    this.heap = new Int32Array(capacity);
    this.deadlines = new Float64Array(capacity);
  }

  add(index: number, deadline: number): void {
    this.deadlines[index] = deadline;
    let place = this.size++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.isEarlier(index, this.heap[parent]!)) break;
      this.heap[place] = this.heap[parent]!;
      place = parent;
    }
    this.heap[place] = index;
  }

  /** The heap must not be empty. */
  takeEarliest(): number {
    const earliest = this.heap[0]!;
    const moved = this.heap[--this.size]!;
    let place = 0;
    for (let child = 1; child < this.size; child = 2 * place + 1) {
      if (child + 1 < this.size && this.isEarlier(this.heap[child + 1]!, this.heap[child]!)) child++;
      if (!this.isEarlier(this.heap[child]!, moved)) break;
      this.heap[place] = this.heap[child]!;
      place = child;
    }
    this.heap[place] = moved;
    return earliest;
  }

  private isEarlier(a: number, b: number): boolean {
    const difference = this.deadlines[a]! - this.deadlines[b]!;
    return difference < 0 || (difference === 0 && a < b);
  }
}
