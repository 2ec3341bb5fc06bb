import { useMemo, useState } from 'react';
import { useInterval, useQuery } from '../../api/query';
import type { Page as ListPage, Scaling, ScalingLogRecord } from '../../api/types';
import { useQueryParameter } from '../../app/router';
import { count } from '../../format/numbers';
import { clockTime, dayTime } from '../../format/times';
import { Card } from '../../kit/card';
import { Chart } from '../../kit/chart';
import type { ChartSeries } from '../../kit/chart.props';
import { Loaded, Notice } from '../../kit/condition';
import { Select } from '../../kit/field';
import { copyCurve } from './copy-curve';
import styles from './scaling.module.css';

const HOUR_MS = 3_600_000;
const RANGES = [
  ['15m', 'Last 15 minutes', HOUR_MS / 4],
  ['1h', 'Last hour', HOUR_MS],
  ['6h', 'Last 6 hours', 6 * HOUR_MS],
  ['24h', 'Last 24 hours', 24 * HOUR_MS],
  ['7d', 'Last 7 days', 168 * HOUR_MS],
] as const;
const USUAL = '1h';
const RENEW_MS = 5_000;
const MOST = 1_000;
/** Of what was before the time: what discovery found is among it, and is not about copies. */
const EARLIER = 20;
const LEAST_SECONDS = 60;

const SERIES: readonly ChartSeries[] = [
  { label: 'there', colour: '--series-1', isFilled: true, isStepped: true },
  { label: 'wanted', colour: '--series-3', isStepped: true },
];

/** How many copies there were and should have been, over time. */
export function CurveCard({ scaling }: { scaling: Scaling }) {
  const { service, state, current, desired } = scaling;
  const [chosen, choose] = useQueryParameter('range');
  const [range, , length] =
    RANGES.find(([value]) => value === chosen) ?? RANGES.find(([value]) => value === USUAL)!;
  const [to, setTo] = useState(() => Date.now());
  useInterval(() => setTo(Date.now()), RENEW_MS);
  const path = `/api/v1/scaling-logs?service=${encodeURIComponent(service)}`;
  const query = useQuery<ListPage<ScalingLogRecord>>(`${path}&from=-${range}&limit=${MOST}`, {
    everyMs: RENEW_MS,
  });
  const before = useQuery<ListPage<ScalingLogRecord>>(`${path}&to=-${range}&limit=${EARLIER}`);
  const isKnown = state === 'active';
  const data = useMemo(
    () =>
      copyCurve({
        records: query.data?.items ?? [],
        // Of more than can be drawn the oldest are missing: what was before them is not known.
        earlier: query.data?.next === null ? (before.data?.items ?? []) : [],
        from: to - length,
        to,
        now: isKnown ? { current, desired } : null,
      }),
    [query.data, before.data, to, length, isKnown, current, desired],
  );
  return (
    <Card
      title="Copies over time"
      actions={
        <Select
          label="Time"
          quietLabel
          className={styles.choice}
          value={range}
          onChange={(event) => choose(event.target.value)}
        >
          {RANGES.map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </Select>
      }
    >
      <Loaded query={query} lines={6}>
        {({ next }) => (
          <>
            {next !== null && (
              <Notice tone="warn">
                Only the newest {count(MOST)} records are drawn: choose a shorter time.
              </Notice>
            )}
            <Chart
              label={`Copies of ${service} over time`}
              series={SERIES}
              data={data}
              format={whole}
              formatTime={length > 6 * HOUR_MS ? dayTime : clockTime}
              leastSeconds={LEAST_SECONDS}
            />
          </>
        )}
      </Loaded>
    </Card>
  );
}

/** There is no half a copy: an axis that has marks between says nothing there. */
function whole(value: number): string {
  return Number.isInteger(value) ? count(value) : '';
}
