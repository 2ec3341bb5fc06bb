/** How long requests took, and how many took as long. */
export class LatencyTally {
  private readonly counts = new Map<number, number>();
  private total = 0;

  add(latencyMs: number, count: number): void {
    this.counts.set(latencyMs, (this.counts.get(latencyMs) ?? 0) + count);
    this.total += count;
  }

  /** The latency that this share of them does not exceed; null: there were none. */
  quantile(share: number): number | null {
    if (this.total === 0) return null;
    const sorted = [...this.counts].sort(([a], [b]) => a - b);
    let sum = 0;
    for (const [latencyMs, count] of sorted) {
      sum += count;
      if (sum >= share * this.total * (1 - 1e-12)) return latencyMs;
    }
    return sorted.at(-1)![0];
  }

  get longest(): number | null {
    return this.total === 0 ? null : Math.max(...this.counts.keys());
  }

  clear(): void {
    this.counts.clear();
    this.total = 0;
  }
}
