import { setFlagsFromString } from 'node:v8';

/** Settings of the heap that somebody gave to Node: they are kept, whatever they cost. */
const HEAP_OPTION = /semi[-_]space|optimize[-_]for[-_]size/;

/**
 * Keeps the heap of the main thread small while the balancer starts. What a start allocates, modules and wiring, lives on
 * anyway; but V8 takes so many survivors for a reason to grow the young generation to its maximum, and would keep those
 * 32 MiB. Measured: 30 MiB less resident memory, the same time to start (docs/decisions/0007-memory-at-start.md).
 *
 * V8 reads these flags at every collection and for every new thread, so {@link release} has to come before the workers
 * start: they, and the main thread from then on, get the ordinary heap.
 */
export class StartHeap {
  private isHeld = false;

  /**
   * @param options What was given to Node: its arguments and `NODE_OPTIONS`. One that sets the heap's size wins, and
   * nothing is done.
   */
  constructor(private readonly options: readonly string[]) {}

  hold(): void {
    if (this.options.some((option) => HEAP_OPTION.test(option))) return;
    setFlagsFromString('--optimize-for-size');
    this.isHeld = true;
  }

  /** Does nothing unless it is held. */
  release(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    setFlagsFromString('--no-optimize-for-size');
    // The flag above had set this one too; 0 is V8's own choice.
    setFlagsFromString('--max-semi-space-size=0');
  }
}
