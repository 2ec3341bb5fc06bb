/** Work after which others get their turn. */
const WORK_MS = 0.5;
/** As short as a timer can be: what counts is that the thread gives its core back. */
const NAP_MS = 0.01;

const cell = new Int32Array(new SharedArrayBuffer(4));
let since = performance.now();

/**
 * For long work in a thread that serves nobody, between its small pieces: sleeps for a moment when it has worked for half a
 * millisecond. Linux lets a thread go on to the end of its slice, 3 ms and more, however low its priority is, unless it
 * sleeps: so long a thread that serves would wait for the core. Costs 0.1 microseconds when there is nothing to do.
 */
export function breathe(): void {
  if (performance.now() - since < WORK_MS) return;
  Atomics.wait(cell, 0, 0, NAP_MS);
  since = performance.now();
}
