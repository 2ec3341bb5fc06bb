import { useMemo } from 'react';
import type { AlignedData } from 'uplot';
import { useQuery } from '../../api/query';
import type { AnalyticsTimeseries } from '../../api/types';
import { Card } from '../../kit/card';
import { Chart } from '../../kit/chart';
import type { ChartSeries } from '../../kit/chart.props';
import { questionOf } from './analytics-view';
import { Answered, sourceWords } from './answered';
import { fineRate, type PartProps, pointWords, timeFormatOf } from './part';
import { CsvButton } from './csv-button';

const CLASSES: Readonly<Record<string, ChartSeries>> = {
  1: { label: '1xx', colour: '--series-6' },
  2: { label: '2xx', colour: '--series-2', isFilled: true },
  3: { label: '3xx', colour: '--series-1' },
  4: { label: '4xx', colour: '--series-3' },
  5: { label: '5xx', colour: '--series-4' },
};
const OTHER: ChartSeries = { label: 'others', colour: '--series-5' };

/** Requests over time, a line for each class of status. */
export function StatusChart({ view, everyMs, onSelect, onNarrow }: PartProps) {
  const question = questionOf('timeseries', view, {
    groupBy: 'statusClass',
    percentiles: 'off',
    step: view.step ?? '',
  });
  const query = useQuery<AnalyticsTimeseries>(question, { everyMs });
  return (
    <Card
      title="Requests"
      note={
        query.data &&
        `per second, by status, ${pointWords(query.data.query.step)}, ${sourceWords(query.data.source)}`
      }
      actions={<CsvButton question={question} what="requests over time" />}
    >
      <Answered query={query} onNarrow={onNarrow}>
        {(answer) => <Lines answer={answer} onSelect={onSelect} />}
      </Answered>
    </Card>
  );
}

function Lines({ answer, onSelect }: Pick<PartProps, 'onSelect'> & { answer: AnalyticsTimeseries }) {
  const { series, data } = useMemo(() => drawingOf(answer), [answer]);
  return (
    <Chart
      label="Requests per second"
      group="analytics"
      series={series}
      data={data}
      format={fineRate}
      formatTime={timeFormatOf(answer.query)}
      onSelect={onSelect}
    />
  );
}

function drawingOf({ series }: AnalyticsTimeseries): { series: ChartSeries[]; data: AlignedData } {
  const sorted = series.toSorted((a, b) => a.key.localeCompare(b.key));
  const times = (sorted[0]?.points ?? []).map(({ start }) => start / 1000);
  return {
    series: sorted.map(({ key }) => CLASSES[key] ?? OTHER),
    data: [times, ...sorted.map(({ points }) => points.map((point) => point.requestsPerSecond))],
  };
}
