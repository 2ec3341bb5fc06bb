import type { ScalingDecision } from '../../modules/autoscaling/decision/decision.js';
import type { SimulationSample } from '../../modules/autoscaling/simulation/index.js';
import { count, counted, duration, percent, rate } from '../terminal/amounts.js';
import { chartColumns, chartFoot, chartLines } from '../terminal/column-chart.js';
import type { Terminal } from '../terminal/terminal.js';
import type { SimulationReport } from './simulation.report.js';

const DEFAULT_WIDTH = 80;
const BACKEND_ROWS = 8;
const OTHER_ROWS = 4;
/** Lines of changes; more are for programs. */
const MOST_CHANGES = 16;

/** The picture, what changed and why, and what it comes to. */
export function printSimulation(terminal: Terminal, report: SimulationReport): void {
  printPictures(terminal, report);
  printChanges(terminal, report);
  printSummary(terminal, report);
}

function printPictures(terminal: Terminal, report: SimulationReport): void {
  const { paint } = terminal;
  const columns = chartColumns(terminal.width === 0 ? DEFAULT_WIDTH : Math.min(terminal.width, 160));
  const parts = partsOf(report.samples, columns);
  const most = (value: (sample: SimulationSample) => number) => (part: readonly SimulationSample[]) =>
    part.reduce((top, sample) => Math.max(top, value(sample)), 0);
  const unit = report.load === 'inFlight' ? 'in flight' : 'requests per second';
  const load = parts.map((part) => ({ value: most((sample) => sample.load)(part) }));
  const backends = parts.map((part) => {
    const wanted = most(({ desired }) => desired)(part);
    return { value: Math.min(wanted, most(({ ready }) => ready)(part)), beyond: wanted };
  });
  const p95 = parts.map((part) => ({ value: most(({ p95Ms }) => p95Ms ?? 0)(part) }));
  const draw = (title: string, lines: readonly string[]) => {
    terminal.print(paint('bold', title));
    for (const line of lines) terminal.print(line);
  };
  draw(`load (${unit})`, chartLines(load, { rows: OTHER_ROWS, paint }));
  draw('backends (░ wanted, █ ready)', chartLines(backends, { rows: BACKEND_ROWS, paint }));
  draw('p95', chartLines(p95, { rows: OTHER_ROWS, paint, label: latency }));
  const { durationMs } = report;
  terminal.print(chartFoot(['0 s', duration(durationMs / 2), duration(durationMs)], columns, paint));
  terminal.print();
}

/** As many parts as columns; a sample stands in several when there are fewer of them. */
function partsOf(samples: readonly SimulationSample[], columns: number): (readonly SimulationSample[])[] {
  if (samples.length === 0) return [];
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * samples.length) / columns);
    const to = Math.floor(((column + 1) * samples.length) / columns);
    return samples.slice(from, Math.max(to, from + 1));
  });
}

interface Change {
  readonly at: string;
  readonly decision: ScalingDecision;
}

function printChanges(terminal: Terminal, { decisions, startedAt }: SimulationReport): void {
  const changes = decisions.filter(({ current, desired }) => current !== desired);
  if (changes.length === 0) return;
  const shown = changes.slice(0, MOST_CHANGES);
  terminal.printTable<Change>(
    [
      { title: 'AT', value: ({ at }) => at, align: 'right' },
      {
        title: 'BACKENDS',
        value: ({ decision }) => `${decision.current} → ${decision.desired}`,
        colour: ({ decision }) => (decision.desired > decision.current ? 'green' : 'yellow'),
      },
      { title: 'REASON', value: ({ decision }) => decision.reason, shrinksTo: 20 },
    ],
    shown.map((decision) => ({ at: duration(decision.time - startedAt), decision })),
  );
  const left = changes.length - shown.length;
  if (left > 0)
    terminal.print(terminal.paint('dim', `and ${counted(left, 'change')} more: --json has them all`));
  terminal.print();
}

function printSummary(terminal: Terminal, report: SimulationReport): void {
  const { summary, recorded, durationMs } = report;
  const line = (title: string, value: string) =>
    terminal.print(`${terminal.paint('dim', title.padEnd(12))} ${value}`);
  line(
    'changes',
    `${count(summary.changes)} in ${counted(summary.decisions, 'decision')}, ${duration(durationMs)}`,
  );
  line('backends', `${summary.lowest} to ${summary.highest}, ${decimal(summary.meanBackends)} on average`);
  const price = summary.cost === null ? '' : `, cost ${decimal(summary.cost)}`;
  line('cost', `${decimal(summary.backendHours)} backend hours${price}`);
  const perSecond = rate((summary.requests * 1_000) / Math.max(1, durationMs));
  const refused = summary.refused === 0 ? 'none refused' : `${count(summary.refused)} refused`;
  line('requests', `${count(summary.requests)} (${perSecond}/s), ${refused}`);
  const { p50Ms, p95Ms, longestMs } = summary;
  if (p50Ms !== null && p95Ms !== null && longestMs !== null) {
    line('latency', `p50 ${latency(p50Ms)}, p95 ${latency(p95Ms)}, longest ${latency(longestMs)}`);
  }
  const { aboveTargetMs } = summary;
  const share = percent(Math.min(1, aboveTargetMs / Math.max(1, durationMs)));
  line('above target', aboveTargetMs === 0 ? 'never' : `${duration(aboveTargetMs)} (${share})`);
  if (recorded === null) return;
  const apart =
    recorded.mostApart === 0 ? 'the same' : `at most ${counted(recorded.mostApart, 'backend')} apart`;
  line('recorded', `${counted(recorded.decisions.length, 'decision')}: ${apart}`);
}

function decimal(value: number): string {
  return String(Number(value.toFixed(2)));
}

function latency(ms: number): string {
  if (ms === 0) return '0';
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${decimal(ms / 1_000)} s`;
}
