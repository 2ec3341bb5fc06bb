import type { RefObject } from 'react';
import uPlot from 'uplot';
import { colour } from '../app/theme';
import type { ChartProps, ChartSeries } from './chart.props';

interface Parts extends Pick<ChartProps, 'series' | 'group' | 'leastSeconds'> {
  /** Names its shape. */
  readonly key: string;
  readonly width: number;
  readonly height: number;
  /** Read at each drawing: they change without a new chart. */
  readonly latest: RefObject<Pick<ChartProps, 'format' | 'onSelect'>>;
  readonly onCursor: (index: number | null) => void;
}

const FONT = '11px system-ui, sans-serif';

/** Our look of uPlot. Colours are asked for at each drawing, so a change of theme only draws again. */
export function chartOptions({
  series,
  group,
  leastSeconds,
  width,
  height,
  latest,
  onCursor,
}: Parts): uPlot.Options {
  return {
    width,
    height,
    padding: [10, 26, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 7, width: 2 },
      drag: { x: true, y: false, setScale: false },
      ...(group === undefined ? {} : { sync: { key: group, filters: { pub: isLook } } }),
    },
    scales: {
      x: { time: true, ...(leastSeconds === undefined ? {} : { range: atLeast(leastSeconds) }) },
      y: { range: (_, __, most) => [0, roomAbove(most)] },
    },
    series: [{}, ...series.map(lineOf)],
    axes: [
      axis({ space: 72, size: 30, gap: 8, values: timeMarks }),
      axis({ space: 34, size: 50, values: (_, ticks) => ticks.map((tick) => latest.current.format(tick)) }),
    ],
    hooks: {
      setCursor: [(chart) => onCursor(chart.cursor.idx ?? null)],
      setSelect: [(chart) => selected(chart, latest.current.onSelect)],
    },
  };
}

function lineOf({ label, colour: token, isFilled = false, isStepped = false }: ChartSeries): uPlot.Series {
  return {
    label,
    width: 1.5,
    spanGaps: false,
    stroke: () => colour(token),
    points: {
      show: false,
      size: 5,
      fill: () => colour(token),
      filter: (chart: uPlot, at: number) => lonely(chart.data[at]!),
    },
    ...(isStepped ? { paths: uPlot.paths.stepped!({ align: 1 }) } : {}),
    ...(isFilled ? { fill: () => colour(token, 14) } : {}),
  };
}

/** Only where one looks is shared, not what one selects: that is selected once. */
function isLook(type: string): boolean {
  return type !== 'mousedown' && type !== 'mouseup';
}

/** Values with none beside them: no line shows them. */
function lonely(values: ArrayLike<number | null | undefined>): number[] | null {
  const found: number[] = [];
  for (let at = 0; at < values.length; at += 1) {
    if ((values[at] ?? null) === null) continue;
    if ((values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null) found.push(at);
  }
  return found.length === 0 ? null : found;
}

function axis(more: uPlot.Axis): uPlot.Axis {
  return {
    stroke: () => colour('--muted'),
    font: FONT,
    gap: 4,
    grid: { stroke: () => colour('--line'), width: 1 },
    ticks: { show: false },
    ...more,
  };
}

function atLeast(seconds: number): uPlot.Range.Function {
  return (_, first, last) => {
    const end = last ?? Date.now() / 1000;
    return [Math.min(first ?? end, end - seconds), end];
  };
}

const MINUTE_S = 60;
const DAY_S = 86_400;
const byStep = {
  seconds: new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  minutes: new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }),
  days: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' }),
};

/** As exact as the distance between two marks. */
function timeMarks(...[, marks, , , step]: Parameters<uPlot.Axis.DynamicValues>): string[] {
  const format = step < MINUTE_S ? byStep.seconds : step < DAY_S ? byStep.minutes : byStep.days;
  return marks.map((mark) => (isMidnight(mark) ? byStep.days : format).format(mark * 1000));
}

/** There the day is what one wants to know. */
function isMidnight(mark: number): boolean {
  const time = new Date(mark * 1000);
  return time.getHours() === 0 && time.getMinutes() === 0 && time.getSeconds() === 0;
}

/** A line never touches the top, and a chart of nothing still has a height. */
function roomAbove(most: number | null): number {
  return most === null || most <= 0 ? 1 : most * 1.12;
}

function selected(chart: uPlot, onSelect: ChartProps['onSelect']): void {
  const { left, width } = chart.select;
  if (width < 4) return;
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onSelect?.(chart.posToVal(left, 'x') * 1000, chart.posToVal(left + width, 'x') * 1000);
}
