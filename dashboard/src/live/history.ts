import type { AlignedData } from 'uplot';

/** The last values of some series, one per second. Its memory is taken once and never grows. */
export class History {
  private readonly rows: readonly Float64Array[];
  private length = 0;

  /** @param series Beside the time. @param capacity Values of each. */
  constructor(
    series: number,
    private readonly capacity: number,
  ) {
    this.rows = Array.from({ length: series + 1 }, () => new Float64Array(capacity));
  }

  /** `values`: one per series; NaN: not known. */
  push(timeMs: number, values: readonly number[]): void {
    if (this.length === this.capacity) for (const row of this.rows) row.copyWithin(0, 1);
    else this.length += 1;
    const at = this.length - 1;
    this.rows[0]![at] = timeMs / 1000;
    for (const [series, value] of values.entries()) this.rows[series + 1]![at] = value;
  }

  /** As a chart takes it: the time, then the series asked for. */
  data(...series: readonly number[]): AlignedData {
    const times = this.rows[0]!.slice(0, this.length);
    return [times, ...series.map((one) => known(this.rows[one + 1]!, this.length))] as AlignedData;
  }
}

function known(row: Float64Array, length: number): (number | null)[] {
  const values: (number | null)[] = Array.from({ length });
  for (let at = 0; at < length; at += 1) {
    const value = row[at]!;
    values[at] = Number.isNaN(value) ? null : value;
  }
  return values;
}
