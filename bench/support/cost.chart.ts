import { type Comparison, ComparisonReader } from './comparison.js';
import { VELOCITY, VELOCITY_HELD } from './contenders/index.js';
import { digits } from './table.js';

const WIDTH = 720;
const LABEL_WIDTH = 215;
const VALUE_WIDTH = 130;
const ROW_HEIGHT = 38;
const BAR_HEIGHT = 22;
const HEAD_HEIGHT = 64;
const FOOT_HEIGHT = 34;

interface Bar {
  readonly title: string;
  readonly isOurs: boolean;
  /** Without the writing of records into the store. */
  readonly countedUs: number;
  readonly wholeUs: number;
}

/** CPU per request of each proxy as an SVG picture; its colours follow the reader's light or dark scheme. */
export function costChart(comparison: Comparison, machine: string): string {
  const bars = barsOf(comparison);
  const longest = Math.max(...bars.map(({ countedUs, wholeUs }) => Math.max(countedUs, wholeUs)));
  const scale = (WIDTH - LABEL_WIDTH - VALUE_WIDTH) / longest;
  const height = HEAD_HEIGHT + bars.length * ROW_HEIGHT + FOOT_HEIGHT;
  const { load } = comparison.connections;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">
  <title id="title">CPU time per request of each proxy, microseconds. Shorter is better.</title>
  <style>
    text { font: 14px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328; }
    .head { font-size: 16px; font-weight: 600; }
    .quiet { font-size: 12px; fill: #59636e; }
    .ours { font-weight: 600; }
    .bar { fill: #8c959f; }
    .bar.ours { fill: #0969da; }
    .store { fill: #0969da; opacity: 0.35; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; }
      .quiet { fill: #9198a1; }
      .bar { fill: #656c76; }
      .bar.ours, .store { fill: #4493f8; }
    }
  </style>
  <text class="head" x="0" y="20">CPU per request, µs (shorter is better)</text>
  <text class="quiet" x="0" y="42">One worker or thread each, ${load} keep-alive connections, small answers, access log on. Median of the rounds.</text>
${bars.map((bar, index) => row(bar, HEAD_HEIGHT + index * ROW_HEIGHT, scale)).join('\n')}
  <text class="quiet" x="0" y="${height - 10}">${escape(machine)}. Pale: writing the records of the access log into the store.</text>
</svg>
`;
}

/** The cheapest first. */
function barsOf(comparison: Comparison): readonly Bar[] {
  const reader = new ComparisonReader(comparison);
  return comparison.contenders
    .filter(({ name }) => name !== VELOCITY_HELD)
    .map((contender) => ({
      title: contender.title,
      isOurs: contender.name.startsWith(VELOCITY),
      countedUs: reader.middle(contender, (_, index) => reader.countedCpuUs(contender, index)),
      wholeUs: reader.middle(contender, ({ load }) => load.cpuUs),
    }))
    .toSorted((a, b) => a.countedUs - b.countedUs);
}

function row({ title, isOurs, countedUs, wholeUs }: Bar, top: number, scale: number): string {
  const kind = isOurs ? ' ours' : '';
  const middle = top + BAR_HEIGHT / 2 + 5;
  const [counted, whole] = [countedUs * scale, Math.max(countedUs, wholeUs) * scale];
  const hasStore = isOurs && wholeUs > countedUs;
  const store = `\n  <rect class="store" x="${at(LABEL_WIDTH + counted)}" y="${top}" width="${at(whole - counted)}" height="${BAR_HEIGHT}"/>`;
  const value = hasStore ? `${digits(countedUs)} + ${digits(wholeUs - countedUs)}` : digits(countedUs);
  return `  <text class="${kind.trim()}" x="0" y="${middle}">${escape(title)}</text>
  <rect class="bar${kind}" x="${LABEL_WIDTH}" y="${top}" width="${at(counted)}" height="${BAR_HEIGHT}"/>${hasStore ? store : ''}
  <text class="${kind.trim()}" x="${at(LABEL_WIDTH + (hasStore ? whole : counted) + 8)}" y="${middle}">${value}</text>`;
}

function at(value: number): string {
  return value.toFixed(1);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
