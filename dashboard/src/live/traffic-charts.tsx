import type { AlignedData } from 'uplot';
import { milliseconds, rate } from '../format/numbers';
import { Card } from '../kit/card';
import { Chart } from '../kit/chart';
import type { ChartSeries } from '../kit/chart.props';
import { type History } from './history';
import { TRAFFIC } from './live';
import styles from './traffic-charts.module.css';

const LEAST_SECONDS = 60;
const ANSWERS: readonly ChartSeries[] = [
  { label: '2xx', colour: '--series-2', isFilled: true },
  { label: '3xx', colour: '--series-1' },
  { label: '4xx', colour: '--series-3' },
  { label: '5xx', colour: '--series-4' },
  { label: 'dropped', colour: '--series-5' },
];
const LATENCIES: readonly ChartSeries[] = [
  { label: 'p50', colour: '--series-6' },
  { label: 'p90', colour: '--series-1' },
  { label: 'p99', colour: '--series-5' },
];

/** Answers and latency over the last minutes. Render it anew when the history has grown. */
export function TrafficCharts({ history, group }: { history: History; group: string }) {
  const answers: AlignedData = history.data(
    TRAFFIC.ok,
    TRAFFIC.redirects,
    TRAFFIC.clientErrors,
    TRAFFIC.serverErrors,
    TRAFFIC.dropped,
  );
  const latencies: AlignedData = history.data(TRAFFIC.p50, TRAFFIC.p90, TRAFFIC.p99);
  const shared = { group, leastSeconds: LEAST_SECONDS };
  return (
    <div className={styles.charts}>
      <Card title="Answers" note="per second, by status">
        <Chart label="Answers per second" series={ANSWERS} data={answers} format={rate} {...shared} />
      </Card>
      <Card title="Latency" note="until the response begins">
        <Chart label="Latency" series={LATENCIES} data={latencies} format={milliseconds} {...shared} />
      </Card>
    </div>
  );
}
