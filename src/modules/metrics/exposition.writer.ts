export type MetricType = 'counter' | 'gauge' | 'histogram';

/** Of the page: the text format of Prometheus (version 0.0.4), or OpenMetrics 1.0. */
export type ExpositionFormat = 'prometheus' | 'openmetrics';

export interface MetricHead {
  /** With its unit, and `_total` if it is a counter. */
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
}

/**
 * Writes metrics from where they stand. The metrics of prom-client keep their own copy of every value and label; ours are
 * in the shared memory already: docs/decisions/0024-metrics.md has what that would cost.
 */
export class ExpositionWriter {
  private text = '';
  private name = '';

  constructor(private readonly format: ExpositionFormat = 'prometheus') {}

  /** Begins the samples of one metric. */
  metric(name: string, type: MetricType, help: string): void {
    const isPlain = this.format === 'prometheus';
    // OpenMetrics names a counter without the suffix that its samples have, and escapes quotes in help texts, too.
    const family = isPlain || type !== 'counter' ? name : name.replace(/_total$/, '');
    const told = isPlain ? help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n') : escaped(help);
    this.name = name;
    this.text += `# HELP ${family} ${told}\n# TYPE ${family} ${type}\n`;
  }

  /** @param labels From {@link labelText}; empty: none. */
  sample(labels: string, value: number): void {
    this.text += `${this.name}${labels} ${numberText(value)}\n`;
  }

  /** The same for a sample with a name of its own, such as `..._bucket`. */
  part(name: string, labels: string, value: number): void {
    this.text += `${name}${labels} ${numberText(value)}\n`;
  }

  /**
   * One histogram of the metric.
   *
   * @param labels Without braces, from {@link labelPairs}; empty: none.
   * @param bounds Upper bounds as texts, without the infinite one.
   * @param values Counts by bound, those above all bounds, then the sum.
   */
  histogram(labels: string, bounds: readonly string[], values: ArrayLike<number>): void {
    const { name } = this;
    const head = labels === '' ? '' : `${labels},`;
    let count = 0;
    for (let at = 0; at < bounds.length; at++) {
      count += values[at]!;
      this.text += `${name}_bucket{${head}le="${bounds[at]!}"} ${count}\n`;
    }
    count += values[bounds.length]!;
    const own = labels === '' ? '' : `{${labels}}`;
    this.text += `${name}_bucket{${head}le="+Inf"} ${count}\n`;
    this.text += `${name}_sum${own} ${numberText(values[bounds.length + 1]!)}\n${name}_count${own} ${count}\n`;
  }

  /** A metric of a single sample. */
  single(name: string, type: MetricType, help: string, value: number): void {
    this.metric(name, type, help);
    this.sample('', value);
  }

  /** The whole page. */
  toString(): string {
    return this.format === 'prometheus' ? this.text : `${this.text}# EOF\n`;
  }
}

/** `{name="value",...}`, escaped. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  return `{${labelPairs(labels)}}`;
}

/** `name="value",...`, escaped. */
export function labelPairs(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}
