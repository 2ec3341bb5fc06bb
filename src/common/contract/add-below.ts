/**
 * Adds one to a count that all workers share while it is below `limit`: it never goes beyond by as much as one, however
 * many ask at once.
 *
 * @returns whether it was added.
 */
export function addBelow(cells: Int32Array, cell: number, limit: number): boolean {
  let count = Atomics.load(cells, cell);
  while (count < limit) {
    const before = Atomics.compareExchange(cells, cell, count, count + 1);
    if (before === count) return true;
    count = before;
  }
  return false;
}
