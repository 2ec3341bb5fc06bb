/** A series as `name{label="value",...}` with its labels sorted, and its value. */
export type Series = ReadonlyMap<string, number>;

/** A metric as its HELP and TYPE say. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Names of labels that any of its samples has, `le` left out; sorted. */
  readonly labels: ReadonlySet<string>;
}

export interface Page {
  readonly series: Series;
  readonly families: ReadonlyMap<string, Family>;
}

export type PageFormat = 'prometheus' | 'openmetrics';

/** NaN in any case: that is how Go reads floating-point numbers. */
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?\d[\d.e+-]*|[+-]Inf|[Nn]a[Nn])$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/gy;
const HELP = /^# HELP ([a-zA-Z_:][\w:]*) (.+)$/;
const TYPE = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
  gauge: [''],
};

/** See {@link readExposition}. */
export function parseExposition(text: string, format: PageFormat = 'prometheus'): Series {
  return readExposition(text, format).series;
}

/**
 * Reads a page as strictly as its definition: one HELP, then one TYPE before the samples of each metric, all its samples
 * together, no series twice, counters named `_total` and not negative, histograms whole and cumulative. Throws on the
 * first offence.
 */
export function readExposition(text: string, format: PageFormat = 'prometheus'): Page {
  if (!text.endsWith(format === 'openmetrics' ? '\n# EOF\n' : '\n')) throw new Error('the page does not end');
  const reader = new PageReader(format);
  const body = format === 'openmetrics' ? text.slice(0, -'# EOF\n'.length) : text;
  for (const line of body.slice(0, -1).split('\n')) reader.read(line);
  for (const family of reader.families.values())
    if (family.type === 'histogram') checkHistograms(family.name, reader.series);
  return reader;
}

class PageReader implements Page {
  readonly series = new Map<string, number>();
  readonly families = new Map<string, Family & { readonly labels: Set<string> }>();
  private help: { name: string; text: string } | null = null;
  private current = '';

  constructor(private readonly format: PageFormat) {}

  read(line: string): void {
    const help = HELP.exec(line);
    if (help !== null) {
      if (this.help !== null) throw new Error(`${this.help.name} has no type`);
      this.help = { name: help[1]!, text: help[2]! };
      return;
    }
    const type = TYPE.exec(line);
    if (type === null) return this.sample(line);
    const name = type[1]!;
    if (this.help === null || this.help.name !== name) throw new Error(`${name} has no help`);
    if (this.families.has(name)) throw new Error(`${name} comes twice`);
    this.families.set(name, { name, type: type[2]!, help: this.help.text, labels: new Set() });
    this.help = null;
    this.current = name;
  }

  private sample(line: string): void {
    const sample = SAMPLE.exec(line);
    if (sample === null) throw new Error(`no sample: ${line}`);
    const name = sample[1]!;
    const family = this.families.get(this.current);
    if (family === undefined || this.help !== null || !this.namesOf(family).includes(name))
      throw new Error(`${name} stands under ${this.current}`);
    const value = Number(sample[3]!.replace('Inf', 'Infinity'));
    if (family.type === 'counter') {
      if (!name.endsWith('_total')) throw new Error(`counter ${name}`);
      if (!(value >= 0)) throw new Error(`counter ${name} is ${value}`);
    }
    const labels = labelsIn(sample[2] ?? '');
    for (const label of labels.keys()) if (label !== 'le') family.labels.add(label);
    const key = `${name}${keyOf(labels)}`;
    if (this.series.has(key)) throw new Error(`${key} comes twice`);
    this.series.set(key, value);
  }

  private namesOf({ name, type }: Family): readonly string[] {
    if (type === 'counter') return [this.format === 'openmetrics' ? `${name}_total` : name];
    return SUFFIXES[type]!.map((suffix) => `${name}${suffix}`);
  }
}

/** Labels of a series, as `parseExposition` gives it. */
export function labelsOf(key: string): ReadonlyMap<string, string> {
  const start = key.indexOf('{');
  return start < 0 ? new Map() : labelsIn(key.slice(start + 1, -1));
}

function labelsIn(text: string): Map<string, string> {
  if (text === '') return new Map();
  const labels = [...text.matchAll(LABEL)];
  if (labels.reduce((length, [whole]) => length + whole.length, 0) !== text.length)
    throw new Error(`labels ${text}`);
  const names = new Map(labels.map(([, name, value]) => [name!, value!]));
  if (names.size !== labels.length) throw new Error(`a label comes twice: ${text}`);
  return names;
}

function keyOf(labels: ReadonlyMap<string, string>): string {
  if (labels.size === 0) return '';
  const pairs = [...labels].map(([name, value]) => `${name}="${value}"`).sort();
  return `{${pairs.join(',')}}`;
}

/** Bounds rise, counts do not fall, the infinite bucket is the count, and there is a sum. */
function checkHistograms(name: string, series: Series): void {
  const buckets = new Map<string, [bound: number, count: number][]>();
  for (const [key, count] of series) {
    if (!key.startsWith(`${name}_bucket{`)) continue;
    const labels = new Map(labelsOf(key));
    const bound = Number((labels.get('le') ?? 'none').replace('Inf', 'Infinity'));
    labels.delete('le');
    const own = keyOf(labels);
    buckets.set(own, [...(buckets.get(own) ?? []), [bound, count]]);
  }
  for (const [labels, counts] of buckets) {
    for (const [index, [bound, count]] of counts.entries()) {
      const before = counts[index - 1] ?? [-Infinity, 0];
      if (!(bound > before[0]) || count < before[1]) throw new Error(`${name}${labels} is not cumulative`);
    }
    const last = counts.at(-1)!;
    if (last[0] !== Infinity || series.get(`${name}_count${labels}`) !== last[1])
      throw new Error(`${name}${labels} is not whole`);
    if (!series.has(`${name}_sum${labels}`)) throw new Error(`${name}${labels} has no sum`);
  }
}
