/** A number from 0 (inclusive) to 1 (exclusive), such as `Math.random`. */
export type RandomSource = () => number;

/** Draws indexes at random in proportion to weights, in constant time (Walker's alias method as Vose builds it). */
export class WeightedDraw {
  private readonly size: number;
  /** Chance that a column keeps its own index rather than its alias. */
  private readonly keep: Float64Array;
  private readonly alias: Uint32Array;

  constructor(
    weights: readonly number[],
    private readonly random: RandomSource,
  ) {
    this.size = weights.length;
    this.keep = new Float64Array(this.size).fill(1);
    this.alias = new Uint32Array(this.size);
    this.fill(weights);
  }

  draw(): number {
    const point = this.random() * this.size;
    const column = Math.floor(point);
    return point - column < this.keep[column]! ? column : this.alias[column]!;
  }

  private fill(weights: readonly number[]): void {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const shares = weights.map((weight) => (weight * this.size) / total);
    const small: number[] = [];
    const large: number[] = [];
    for (let index = 0; index < this.size; index++) (shares[index]! < 1 ? small : large).push(index);
    while (small.length > 0 && large.length > 0) {
      const poor = small.pop()!;
      const rich = large.at(-1)!;
      this.keep[poor] = shares[poor]!;
      this.alias[poor] = rich;
      shares[rich] = shares[rich]! - (1 - shares[poor]!);
      if (shares[rich]! < 1) small.push(large.pop()!);
    }
  }
}
