import type { ChartProps } from './chart.props';
import styles from './chart.module.css';

const MOST_ROWS = 60;

/** The numbers of a chart, newest first; of many every so-manyth. */
export function ChartTable({ label, series, data, format, formatTime }: ChartTableProps) {
  const step = Math.max(1, Math.ceil(data[0].length / MOST_ROWS));
  const rows = Array.from(
    { length: Math.ceil(data[0].length / step) },
    (_, row) => data[0].length - 1 - row * step,
  );
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolls, so the keyboard has to reach it
    <div className={styles.table} tabIndex={0} role="region" aria-label={`${label}, as a table`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {series.map((one) => (
              <th key={one.label} scope="col">
                {one.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row}>
              <th scope="row">{formatTime(data[0][row]! * 1000)}</th>
              {series.map((one, index) => {
                const value = data[index + 1]?.[row];
                return <td key={one.label}>{value === null || value === undefined ? '–' : format(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type ChartTableProps = Pick<ChartProps, 'label' | 'series' | 'data' | 'format'> & {
  readonly formatTime: (ms: number) => string;
};
