/** Work that may be interrupted wherever it yields: often enough that nobody notices, seldom enough to cost nothing. */
export type SlicedWork<T> = Generator<void, T, void>;

/** As long as other work of the thread is kept waiting at most. */
const SLICE_MS = 8;

/** Does all of it before it returns. */
export function runWhole<T>(work: SlicedWork<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Does a first slice at once, which is all of little work, and the others between the turns of the event loop. */
export async function runInSlices<T>(work: SlicedWork<T>): Promise<T> {
  for (;;) {
    const result = runSlice(work);
    if (result !== null) return result.value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * As much as a slice takes; null: some is left.
 *
 * @param least So many steps are done however slow the machine is. Default: 1.
 */
export function runSlice<T>(work: SlicedWork<T>, least = 1): { readonly value: T } | null {
  const end = performance.now() + SLICE_MS;
  for (let steps = 1; ; steps++) {
    const step = work.next();
    if (step.done === true) return { value: step.value };
    if (steps >= least && performance.now() >= end) return null;
  }
}
