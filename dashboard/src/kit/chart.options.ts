import type { RefObject } from 'react';
import uPlot from 'uplot';
import { colour } from '../app/theme';
import type { ChartProps } from './chart.props';

interface Parts extends Pick<ChartProps, 'series' | 'group' | 'windowSeconds'> {
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
  windowSeconds,
  width,
  height,
  latest,
  onCursor,
}: Parts): uPlot.Options {
  return {
    width,
    height,
    padding: [10, 8, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 7, width: 2 },
      drag: { x: true, y: false, setScale: false },
      ...(group === undefined ? {} : { sync: { key: group } }),
    },
    scales: {
      x: { time: true, ...(windowSeconds === undefined ? {} : { range: newest(windowSeconds) }) },
      y: { range: (_, __, most) => [0, roomAbove(most)] },
    },
    series: [
      {},
      ...series.map(({ label, colour: token, isFilled = false }) => ({
        label,
        width: 1.5,
        spanGaps: false,
        stroke: () => colour(token),
        points: { show: false },
        ...(isFilled ? { fill: () => colour(token, 14) } : {}),
      })),
    ],
    axes: [
      axis({ space: 64, size: 26 }),
      axis({ space: 34, size: 54, values: (_, ticks) => ticks.map((tick) => latest.current.format(tick)) }),
    ],
    hooks: {
      setCursor: [(chart) => onCursor(chart.cursor.idx ?? null)],
      setSelect: [(chart) => selected(chart, latest.current.onSelect)],
    },
  };
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

function newest(seconds: number): uPlot.Range.Function {
  return (_, __, last) => {
    const end = last ?? Date.now() / 1000;
    return [end - seconds, end];
  };
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
