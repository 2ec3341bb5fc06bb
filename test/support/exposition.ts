/** A series as `name{label="value",...}` with its labels sorted, and its value. */
export type Series = ReadonlyMap<string, number>;

/** NaN in any case: that is how Go reads floating-point numbers, and prom-client writes `Nan`. */
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?\d[\d.e+-]*|[+-]Inf|[Nn]a[Nn])$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/gy;

/**
 * Reads the Prometheus text format as strictly as its definition: HELP and TYPE once and before the samples, all
 * samples of a metric together, no series twice, counters named `_total`. Throws on the first offence.
 */
export function parseExposition(text: string): Series {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const series = new Map<string, number>();
  const types = new Map<string, string>();
  let current = '';
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line);
    if (type) {
      current = type[1] as string;
      if (types.has(current)) throw new Error(`${current} comes twice`);
      types.set(current, type[2] as string);
      continue;
    }
    const sample = SAMPLE.exec(line);
    if (!sample) throw new Error(`no sample: ${line}`);
    const name = sample[1] as string;
    const kind = types.get(current);
    const isPart = kind === 'histogram' || kind === 'summary';
    if (isPart ? !name.startsWith(current) : name !== current)
      throw new Error(`${name} stands under ${current}`);
    if (kind === 'counter' && !name.endsWith('_total')) throw new Error(`counter ${name}`);
    const key = `${name}${labelsOf(sample[2] ?? '')}`;
    if (series.has(key)) throw new Error(`${key} comes twice`);
    series.set(key, Number((sample[3] as string).replace('Inf', 'Infinity')));
  }
  return series;
}

function labelsOf(text: string): string {
  if (text === '') return '';
  const labels = [...text.matchAll(LABEL)];
  if (labels.reduce((length, [whole]) => length + whole.length, 0) !== text.length)
    throw new Error(`labels ${text}`);
  const pairs = labels.map(([, name, value]) => `${name}="${value}"`).sort();
  return `{${pairs.join(',')}}`;
}
