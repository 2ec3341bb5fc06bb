/**
 * How a list came out of the one before it, in order:
 * `[from, count]` items of the old list stay as they were; `put` is new; `edit` is the old item at this place, changed.
 */
export type ListStep<T, E> =
  | readonly [from: number, count: number]
  | { readonly put: T }
  | { readonly edit: number; readonly change: E };

export interface ListKind<T, E> {
  keyOf(item: T): string;
  isSame(a: T, b: T): boolean;
  /** How an item became another one with the same key; null: it is shorter to put the new one. */
  changeOf(before: T, after: T): E | null;
}

/** Linear in both lists. Keys are unique within a list. */
export function listSteps<T, E>(
  before: readonly T[],
  after: readonly T[],
  kind: ListKind<T, E>,
): readonly ListStep<T, E>[] {
  const places = new Map(before.map((item, place) => [kind.keyOf(item), place]));
  const steps: ListStep<T, E>[] = [];
  let run: [from: number, count: number] | null = null;
  for (const item of after) {
    const place = places.get(kind.keyOf(item));
    if (place === undefined) {
      steps.push({ put: item });
      run = null;
    } else if (kind.isSame(before[place] as T, item)) {
      if (run !== null && run[0] + run[1] === place) run[1]++;
      else steps.push((run = [place, 1]));
    } else {
      const change = kind.changeOf(before[place] as T, item);
      steps.push(change === null ? { put: item } : { edit: place, change });
      run = null;
    }
  }
  return steps;
}

/** The other way. Throws RangeError for steps that do not belong to this list. */
export function afterSteps<T, E>(
  before: readonly T[],
  steps: readonly ListStep<T, E>[],
  changed: (item: T, change: E) => T,
): T[] {
  return steps.flatMap((step) => {
    if ('put' in step) return [step.put];
    if ('edit' in step) return [changed(itemAt(before, step.edit), step.change)];
    const [from, count] = step;
    return Array.from({ length: count }, (_, offset) => itemAt(before, from + offset));
  });
}

function itemAt<T>(list: readonly T[], place: number): T {
  const item = list[place];
  if (item === undefined) throw new RangeError(`the list before has no item ${place}`);
  return item;
}
