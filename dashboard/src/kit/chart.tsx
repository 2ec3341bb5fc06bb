import { type RefObject, useEffect, useId, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useExternal } from '../app/external';
import { paint } from '../app/theme';
import { clockTime } from '../format/times';
import styles from './chart.module.css';
import type { ChartProps, ChartSeries } from './chart.props';
import { chartOptions } from './chart.options';
import { ChartTable } from './chart.table';
import { classNames } from './class-names';

/** Lines over time. Says what it shows in words, and gives its numbers as a table to whoever cannot see it. */
export function Chart(props: ChartProps) {
  const { label, series, data, format, formatTime = clockTime } = props;
  const [cursor, setCursor] = useState<number | null>(null);
  const [isTable, setTable] = useState(false);
  const frame = usePlot(props, setCursor);
  const id = useId();
  const time = cursor === null ? undefined : data[0][cursor];
  return (
    <figure className={styles.chart} aria-labelledby={id}>
      <figcaption id={id} className="visually-hidden">
        {label}. {summaryOf(series, data, format)}
      </figcaption>
      <div ref={frame} className={classNames(styles.plot, isTable && styles.away)} aria-hidden="true" />
      {isTable && <ChartTable {...{ label, series, data, format, formatTime }} />}
      <div className={styles.legend}>
        {series.map((one, index) => (
          <span key={one.label} className={styles.entry}>
            <Swatch colour={one.colour} />
            {one.label}
            <b>{valueAt(data[index + 1], cursor ?? data[0].length - 1, format)}</b>
          </span>
        ))}
        {time !== undefined && <span className={styles.time}>{formatTime(time * 1000)}</span>}
        <button type="button" className={styles.toggle} onClick={() => setTable(!isTable)}>
          {isTable ? 'Picture' : 'Table'}
          <span className="visually-hidden"> of {label}</span>
        </button>
      </div>
    </figure>
  );
}

/** Makes the picture in the element of the returned ref, and keeps it up to date. */
function usePlot(
  props: ChartProps,
  onCursor: (index: number | null) => void,
): RefObject<HTMLDivElement | null> {
  const { series, data, format, height = 180, group, leastSeconds, onSelect } = props;
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const colours = useExternal(paint);
  const latest = useRef({ series, data, format, onSelect });
  useEffect(() => {
    latest.current = { series, data, format, onSelect };
  });
  // Callers write the series in place: only another shape makes another chart.
  const shape = series.map((one) => `${one.label} ${one.colour} ${one.isFilled}`).join();
  useEffect(() => {
    const place = frame.current!;
    const { series: shown, data: first } = latest.current;
    const options = {
      key: shape,
      series: shown,
      height,
      group,
      leastSeconds,
      width: place.clientWidth,
      latest,
      onCursor,
    };
    const plot = new uPlot(chartOptions(options), first, place);
    chart.current = plot;
    const resized = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height }));
    resized.observe(place);
    return () => {
      resized.disconnect();
      plot.destroy();
      chart.current = null;
    };
  }, [shape, height, group, leastSeconds, onCursor]);
  useEffect(() => chart.current?.setData(data), [data]);
  useEffect(() => {
    if (colours > 0) chart.current?.redraw(false);
  }, [colours]);
  return frame;
}

export function Swatch({ colour }: { colour: string }) {
  return <i className={styles.swatch} style={{ background: `var(${colour})` }} aria-hidden="true" />;
}

type Values = uPlot.AlignedData[number] | undefined;

function valueAt(values: Values, at: number, format: (value: number) => string): string {
  const value = values?.[at];
  return value === undefined || value === null ? '–' : format(value);
}

/** Newest, least and most of each series. */
function summaryOf(
  series: readonly ChartSeries[],
  data: uPlot.AlignedData,
  format: (value: number) => string,
): string {
  if (data[0].length === 0) return 'No data yet.';
  return series
    .map(({ label }, index) => {
      let least = Infinity;
      let most = -Infinity;
      for (const value of data[index + 1] ?? []) {
        if (value === null || value === undefined) continue;
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
      if (most === -Infinity) return `${label}: no data.`;
      const now = valueAt(data[index + 1], data[0].length - 1, format);
      return `${label}: ${now}, between ${format(least)} and ${format(most)}.`;
    })
    .join(' ');
}
