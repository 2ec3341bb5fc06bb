import { runSlice, type SlicedWork } from '../../../common/addresses/index.js';
import type { BlockImage } from '../../../common/contract/index.js';

/** null: nothing is listed. */
export type ImageBuild = SlicedWork<BlockImage | null>;

/** Short lists take fewer steps than this: they are published before their change returns. */
const FIRST_STEPS = 128;

/**
 * Builds the images of one kind, one at a time. Little work is done at once, much in slices between the turns of the event
 * loop; of those that are asked for meanwhile only the newest is built.
 */
export class ImageWork {
  private running: ImageBuild | null = null;
  private next: ImageBuild | null = null;
  private readonly waiters: (() => void)[] = [];

  constructor(private readonly publish: (image: BlockImage | null) => void) {}

  /** `build` must not throw: what it is made of has been checked. */
  start(build: ImageBuild): void {
    if (this.running !== null) {
      this.next = build;
      return;
    }
    this.running = build;
    this.advance(FIRST_STEPS);
  }

  /** Resolves when nothing is left to build. */
  async settled(): Promise<void> {
    while (this.running !== null) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  private advance(steps: number): void {
    while (this.running !== null) {
      const result = runSlice(this.running, steps);
      if (result === null) {
        setImmediate(() => this.advance(1));
        return;
      }
      this.running = this.next;
      this.next = null;
      this.publish(result.value);
    }
    for (const wake of this.waiters.splice(0)) wake();
  }
}
