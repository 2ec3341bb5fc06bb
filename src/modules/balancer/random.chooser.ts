import { EMPTY_ROTATION, type Rotation } from './rotation.js';
import type { BackendRuntime } from './backend-runtime.js';
import { type RandomSource, WeightedDraw } from './weighted-draw.js';

/** Draws are repeated this often to pass over an avoided backend before the rotation is searched. */
const REDRAWS = 8;

/** Chooses backends of a rotation at random by weight. */
export class RandomChooser {
  private rotation: Rotation = EMPTY_ROTATION;
  private draws: WeightedDraw;

  constructor(private readonly random: RandomSource) {
    this.draws = new WeightedDraw([1], random);
  }

  /** Index of a backend that is not avoided. */
  first(rotation: Rotation, avoid: readonly BackendRuntime[]): number {
    if (rotation !== this.rotation) {
      this.rotation = rotation;
      this.draws = new WeightedDraw(rotation.weights, this.random);
    }
    let index = this.draws.draw();
    if (avoid.length === 0) return index;
    for (let redraw = 0; redraw < REDRAWS && avoid.includes(rotation.backends[index]!); redraw++) {
      index = this.draws.draw();
    }
    return avoid.includes(rotation.backends[index]!) ? this.searchOther(index, avoid) : index;
  }

  /** Index of another backend than `first` that is not avoided either; `first` when there is none. */
  second(rotation: Rotation, first: number, avoid: readonly BackendRuntime[]): number {
    const count = rotation.backends.length;
    if (count === 1) return first;
    const index = this.draws.draw();
    const isOther = index !== first && (avoid.length === 0 || !avoid.includes(rotation.backends[index]!));
    if (isOther) return index;
    // Drawn again without weights: a backend with nearly all of the weight must not meet itself for ever.
    return this.searchOther((first + Math.floor(this.random() * (count - 1))) % count, avoid, first);
  }

  /** The next index after `from` that is neither `taken` nor avoided; `taken`, or `from`, when there is none. */
  private searchOther(from: number, avoid: readonly BackendRuntime[], taken = -1): number {
    const { backends } = this.rotation;
    for (let step = 1; step <= backends.length; step++) {
      const index = (from + step) % backends.length;
      if (index !== taken && !avoid.includes(backends[index]!)) return index;
    }
    return taken < 0 ? from : taken;
  }
}
