import { bar } from '../terminal/bar.js';
import { bytes, count, counted, duration, microseconds, percent, rate } from '../terminal/amounts.js';
import type { Painter } from '../terminal/painter.js';
import type { Terminal } from '../terminal/terminal.js';
import type { LoadReport } from './load.report.js';
import type { LoadRun } from './load.run.js';
import type { LatencyBar } from './load.tally.js';

const PROGRESS_COLUMNS = 24;
/** Lines of the picture. */
const MAX_BARS = 16;
const BAR_COLUMNS = 40;

/** How far a run is, on one line. */
export function progressLine(run: LoadRun, paint: Painter): string {
  const { tally, plan, progress, elapsedMs } = run;
  const whole = plan.requests === null ? duration(plan.durationMs ?? 0) : counted(plan.requests, 'request');
  const filled = bar(progress, PROGRESS_COLUMNS).padEnd(PROGRESS_COLUMNS, '░');
  const perSecond = rate((tally.answered * 1_000) / Math.max(1, elapsedMs));
  const failures = tally.unanswered + tally.refused;
  const failed = failures > 0 ? ` · ${paint('red', `${count(failures)} failed`)}` : '';
  return `${filled} ${percent(Math.floor(progress * 100) / 100)} of ${whole} · ${count(tally.answered)} answered · ${perSecond}/s${failed}`;
}

/** The result for people. */
export function printReport(terminal: Terminal, report: LoadReport): void {
  const { paint } = terminal;
  const line = (title: string, value: string) => terminal.print(`${paint('dim', title.padEnd(12))} ${value}`);
  line('target', `${report.method} ${report.url}`);
  line(
    'load',
    `${counted(report.connections, 'connection')}${report.pipelining > 1 ? `, ${report.pipelining} requests on the way on each` : ''}, ${duration(report.durationMs) === '0 s' ? `${report.durationMs} ms` : duration(report.durationMs)}${report.interrupted ? ', interrupted' : ''}`,
  );
  line('answered', `${count(report.answered)} (${rate(report.requestsPerSecond)}/s)`);
  line('received', `${bytes(report.bytes)} (${bytes(Math.round(report.bytesPerSecond))}/s)`);
  line('statuses', statusText(report, paint));
  if (report.unanswered > 0) line('unanswered', paint('red', errorText(report)));
  const { latencyUs } = report;
  if (latencyUs === null) return;
  const { min, mean, p50, p75, p90, p99, p999, max } = latencyUs;
  const figures = { min, mean, p50, p75, p90, p99, 'p99.9': p999, max };
  terminal.print();
  terminal.printTable(
    Object.keys(figures).map((title) => ({
      title,
      value: (row: Record<string, number>) => microseconds(row[title]!),
      align: 'right' as const,
    })),
    [figures],
  );
  terminal.print();
  for (const bars of picture(report.histogram, terminal)) terminal.print(bars);
}

function statusText({ statuses, answered }: LoadReport, paint: Painter): string {
  if (answered === 0) return paint('red', 'none: nothing was answered');
  return Object.entries(statuses)
    .map(([status, times]) => {
      const text = `${status}: ${count(times)}`;
      return Number(status) < 400 ? text : paint('red', text);
    })
    .join('  ');
}

const ERROR_TEXTS: Readonly<Record<string, string>> = {
  closed: 'closed by the target',
  timeout: 'timed out',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
};

function errorText({ unanswered, errors }: LoadReport): string {
  const kinds = Object.entries(errors).map(
    ([kind, times]) => `${ERROR_TEXTS[kind] ?? kind}: ${count(times)}`,
  );
  return `${count(unanswered)} (${kinds.join(', ')})`;
}

/** One bar for each stretch of latency, neighbours together until they fit. */
function picture(histogram: readonly LatencyBar[], { paint, width }: Terminal): string[] {
  const size = Math.ceil(histogram.length / MAX_BARS);
  const bars: LatencyBar[] = [];
  for (let index = 0; index < histogram.length; index += size) {
    const part = histogram.slice(index, index + size);
    bars.push({
      fromUs: part[0]!.fromUs,
      toUs: part.at(-1)!.toUs,
      count: part.reduce((sum, { count: times }) => sum + times, 0),
    });
  }
  const total = bars.reduce((sum, { count: times }) => sum + times, 0);
  const most = bars.reduce((highest, { count: times }) => Math.max(highest, times), 0);
  const columns = width === 0 ? BAR_COLUMNS : Math.max(10, Math.min(BAR_COLUMNS, width - 40));
  return bars.map(({ fromUs, toUs, count: times }) => {
    const range = `${microseconds(fromUs).padStart(9)} - ${microseconds(toUs).padStart(9)}`;
    const drawn = bar(times / most, columns).padEnd(columns);
    return `${range}  ${paint('cyan', drawn)} ${count(times)} (${percent(times / total)})`;
  });
}
