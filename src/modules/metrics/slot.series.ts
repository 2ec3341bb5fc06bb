import type { ExpositionWriter } from './exposition.writer.js';
import type { SlotMetric } from './slot.metric.js';

/** A service or a backend. */
export interface LabelledSlot {
  /** Stays the same as long as it is the same thing, whatever its slot. */
  readonly id: string;
  readonly slot: number;
  /** Without braces, escaped. */
  readonly labels: string;
}

/** One without series of its own. */
interface FoldedSlot {
  readonly slot: number;
  /** What was last seen of it, of all metrics one behind the other. */
  readonly seen: Float64Array;
}

/**
 * The series of services, or of backends. The first ones in the order of the configuration have their own; the others are
 * added up in one series per metric. What that one counts is put together from growths: it neither falls when a service
 * or backend goes or gets series of its own, nor jumps when one comes with what it has counted before.
 */
export class SlotSeries<T extends LabelledSlot = LabelledSlot> {
  private shown: readonly T[] = [];
  private readonly folded = new Map<string, FoldedSlot>();
  /** Of all metrics one behind the other. */
  private readonly sums: Float64Array;
  private readonly scratch: Float64Array;
  private hasFolded = false;

  /**
   * @param limit How many have series of their own.
   * @param otherLabels Of the series of all the others, without braces.
   */
  constructor(
    private readonly metrics: readonly SlotMetric[],
    private readonly limit: number,
    private readonly otherLabels: string,
  ) {
    const width = metrics.reduce((sum, metric) => sum + metric.width, 0);
    this.sums = new Float64Array(width);
    this.scratch = new Float64Array(width);
  }

  /** How many are added up. */
  get foldedCount(): number {
    return this.folded.size;
  }

  /** To be told of each publication, while the cells of what has gone still hold its counts. */
  follow(all: readonly T[]): void {
    this.settle();
    this.shown = all.slice(0, this.limit);
    const rest = all.slice(this.limit);
    const present = new Map(rest.map((one) => [one.id, one.slot]));
    for (const [id, { slot }] of this.folded) if (present.get(id) !== slot) this.folded.delete(id);
    for (const { id, slot } of rest) {
      if (this.folded.has(id)) continue;
      const seen = new Float64Array(this.sums.length);
      this.look(slot, seen);
      this.folded.set(id, { slot, seen });
    }
    this.hasFolded ||= this.folded.size > 0;
  }

  /** Those with series of their own. */
  get slots(): readonly T[] {
    return this.shown;
  }

  /** All metrics: of those with series of their own, and of the others together. */
  write(writer: ExpositionWriter): void {
    this.settle();
    let start = 0;
    for (const metric of this.metrics) {
      writeMetric(writer, metric, this.shown);
      const end = start + metric.width;
      if (this.hasFolded && metric.folds)
        metric.write(writer, this.otherLabels, this.sums.subarray(start, end));
      metric.rest?.(writer);
      start = end;
    }
  }

  /** All metrics of the given ones only. */
  writeOnly(writer: ExpositionWriter, slots: readonly LabelledSlot[]): void {
    for (const metric of this.metrics) writeMetric(writer, metric, slots);
  }

  /** Adds what the folded ones have counted since the last time. */
  private settle(): void {
    if (!this.hasFolded) return;
    const { sums, scratch } = this;
    this.clearGauges();
    for (const { slot, seen } of this.folded.values()) {
      this.look(slot, scratch);
      let at = 0;
      for (const metric of this.metrics) {
        const end = at + metric.width;
        // A counter that is below what it was has been cleared.
        for (; at < end; at++)
          sums[at]! +=
            metric.type === 'gauge' || scratch[at]! < seen[at]! ? scratch[at]! : scratch[at]! - seen[at]!;
      }
      seen.set(scratch);
    }
  }

  private clearGauges(): void {
    let at = 0;
    for (const { type, width } of this.metrics) {
      if (type === 'gauge') this.sums.fill(0, at, at + width);
      at += width;
    }
  }

  private look(slot: number, into: Float64Array): void {
    let at = 0;
    for (const metric of this.metrics) {
      metric.collect(slot, into.subarray(at, at + metric.width));
      at += metric.width;
    }
  }
}

function writeMetric(writer: ExpositionWriter, metric: SlotMetric, slots: readonly LabelledSlot[]): void {
  const values = new Float64Array(metric.width);
  writer.metric(metric.name, metric.type, metric.help);
  for (const { slot, labels } of slots) {
    if (metric.has !== undefined && !metric.has(slot)) continue;
    metric.collect(slot, values);
    metric.write(writer, labels, values);
  }
}
