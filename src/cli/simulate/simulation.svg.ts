import type { SimulationSample } from '../../modules/autoscaling/simulation/index.js';
import { count, duration } from '../terminal/amounts.js';
import type { SimulationReport } from './simulation.report.js';

const WIDTH = 960;
const LEFT = 64;
const RIGHT = 16;
const PANEL = 150;
const GAP = 54;
const TOP = 58;
/** More points than columns of pixels show nothing. */
const MOST_POINTS = WIDTH - LEFT - RIGHT;

interface Series {
  readonly name: string;
  /** Class of the style sheet. */
  readonly look: 'first' | 'second' | 'third';
  /** null: there is none, the line has a gap. */
  readonly value: (sample: SimulationSample) => number | null;
  /** Holds until the next one, rather than going there. */
  readonly isStep?: boolean;
}

interface Panel {
  readonly title: string;
  readonly label: (value: number) => string;
  readonly series: readonly Series[];
}

const STYLE = `
  svg { color-scheme: light dark; --paper: #ffffff; --ink: #1f2933; --faint: #d5dbe1; --first: #0b69c7; --second: #b45309; --third: #0f7b4f; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #12181f; --ink: #e4e9ee; --faint: #37424d; --first: #6cb2ff; --second: #f0b35a; --third: #5fd0a0; }
  }
  text { font: 12px system-ui, sans-serif; fill: var(--ink); }
  .title { font-size: 15px; font-weight: 600; }
  .panel { font-weight: 600; }
  .axis { stroke: var(--ink); fill: none; }
  .grid { stroke: var(--faint); fill: none; }
  .line { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
  .first { stroke: var(--first); } .second { stroke: var(--second); stroke-dasharray: 5 3; } .third { stroke: var(--third); stroke-dasharray: 1.5 2.5; }
`;

/** The picture of a simulation, light or dark as its reader likes it. Stands alone: no script, no font, nothing loaded. */
export function simulationSvg(report: SimulationReport): string {
  const panels = panelsOf(report);
  const height = TOP + panels.length * (PANEL + GAP);
  const { summary, service, durationMs } = report;
  const title = `${service ?? 'A service'}: ${summary.lowest} to ${summary.highest} backends over ${duration(durationMs)}`;
  const said = `${count(summary.changes)} changes, ${summary.backendHours} backend hours, ${count(summary.refused)} requests refused.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title said">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="said">${escaped(said)}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect width="${WIDTH}" height="${height}" fill="var(--paper)"/>`,
    `<text class="title" x="${LEFT}" y="24">${escaped(title)}</text>`,
    ...panels.map((panel, index) => panelOf(panel, report, TOP + index * (PANEL + GAP))),
    '</svg>',
    '',
  ].join('\n');
}

function panelsOf({ load }: SimulationReport): Panel[] {
  const unit = load === 'inFlight' ? 'in flight' : 'requests per second';
  return [
    {
      title: 'Load',
      label: count,
      series: [
        { name: unit, look: 'first', value: (sample) => sample.load, isStep: true },
        ...(load === 'inFlight'
          ? []
          : [
              {
                name: 'in flight',
                look: 'second',
                value: (sample: SimulationSample) => sample.inFlight,
              } as const,
            ]),
        { name: 'waiting', look: 'third', value: ({ waiting }) => waiting },
      ],
    },
    {
      title: 'Backends',
      label: count,
      series: [
        { name: 'ready', look: 'first', value: ({ ready }) => ready, isStep: true },
        { name: 'wanted', look: 'second', value: ({ desired }) => desired, isStep: true },
      ],
    },
    {
      title: 'Latency',
      label: (ms) => (ms < 1_000 ? `${count(ms)} ms` : `${Number((ms / 1_000).toFixed(1))} s`),
      series: [{ name: 'p95', look: 'first', value: ({ p95Ms }) => p95Ms }],
    },
  ];
}

function panelOf({ title, label, series }: Panel, report: SimulationReport, top: number): string {
  const { samples, startedAt, durationMs } = report;
  const highest = samples.reduce(
    (most, sample) => series.reduce((top, { value }) => Math.max(top, value(sample) ?? 0), most),
    0,
  );
  const most = roundUp(highest);
  const x = (time: number) => LEFT + ((time - startedAt) / Math.max(1, durationMs)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => top + PANEL - (value / most) * PANEL;
  const right = WIDTH - RIGHT;
  const levels = [0, 0.5, 1].map((share) => share * most);
  return [
    `<text class="panel" x="${LEFT}" y="${top - 10}">${title}</text>`,
    ...legend(series, top - 10),
    ...levels.map((level) => {
      const at = fixed(y(level));
      return `<path class="${level === 0 ? 'axis' : 'grid'}" d="M${LEFT} ${at}H${right}"/><text x="${LEFT - 8}" y="${at + 4}" text-anchor="end">${escaped(label(level))}</text>`;
    }),
    ...[0, 0.25, 0.5, 0.75, 1].map((share) => {
      const at = fixed(LEFT + share * (right - LEFT));
      const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
      return `<path class="axis" d="M${at} ${top + PANEL}v4"/><text x="${at}" y="${top + PANEL + 18}" text-anchor="${anchor}">${duration(share * durationMs)}</text>`;
    }),
    ...series.map((one) => `<path class="line ${one.look}" d="${pathOf(one, thinned(samples), { x, y })}"/>`),
  ].join('\n');
}

/** At the right of the panel's title. */
function legend(series: readonly Series[], y: number): string[] {
  let right = WIDTH - RIGHT;
  return series.toReversed().map(({ name, look }) => {
    const begin = Math.round(right - name.length * 7.5 - 30);
    right = begin - 14;
    return `<path class="line ${look}" d="M${begin} ${y - 4}h22"/><text x="${begin + 28}" y="${y}">${escaped(name)}</text>`;
  });
}

function pathOf(
  { value, isStep = false }: Series,
  samples: readonly SimulationSample[],
  { x, y }: { x: (time: number) => number; y: (value: number) => number },
): string {
  let path = '';
  let isOpen = false;
  for (const sample of samples) {
    const seen = value(sample);
    if (seen === null) {
      isOpen = false;
      continue;
    }
    const [across, down] = [fixed(x(sample.time)), fixed(y(seen))];
    if (!isOpen) path += `M${across} ${down}`;
    else path += isStep ? `H${across}V${down}` : `L${across} ${down}`;
    isOpen = true;
  }
  return path;
}

/** Of neighbours that share a column of pixels the one with the most backends stays. */
function thinned(samples: readonly SimulationSample[]): readonly SimulationSample[] {
  const size = Math.ceil(samples.length / MOST_POINTS);
  if (size <= 1) return samples;
  return Array.from({ length: Math.ceil(samples.length / size) }, (_, part) =>
    samples
      .slice(part * size, (part + 1) * size)
      .reduce((most, sample) => (sample.desired > most.desired ? sample : most)),
  );
}

/** The next of 1, 2, 4, 5, 8 and 10 times a power of ten, so that half of it is a number that can be read. */
function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 5, 8, 10].find((step) => step * power >= value) ?? 10) * power;
}

function fixed(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
