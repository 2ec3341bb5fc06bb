import { useMemo } from 'react';
import type { AlignedData } from 'uplot';
import { useQuery } from '../../api/query';
import type { AnalyticsLatency } from '../../api/types';
import { milliseconds } from '../../format/numbers';
import { Card } from '../../kit/card';
import { Chart } from '../../kit/chart';
import type { ChartSeries } from '../../kit/chart.props';
import { questionOf } from './analytics-view';
import { Answered, sourceWords } from './answered';
import { CsvButton } from './csv-button';
import { Histogram } from './histogram';
import { type PartProps, pointWords, timeFormatOf } from './part';

const PERCENTILES = ['50', '90', '99'];
const SERIES: readonly ChartSeries[] = [
  { label: 'p50', colour: '--series-6' },
  { label: 'p90', colour: '--series-1' },
  { label: 'p99', colour: '--series-5' },
];

/** How long exchanges took: over time, and all of them. */
export function LatencyCards({ view, everyMs, onSelect, onNarrow }: PartProps) {
  const question = questionOf('latency', view, { step: view.step ?? '' });
  // As CSV the answer has the distribution alone.
  const overTime = questionOf('timeseries', view, {
    percentiles: PERCENTILES.join(','),
    step: view.step ?? '',
  });
  const query = useQuery<AnalyticsLatency>(question, { everyMs });
  const { data } = query;
  return (
    <>
      <Card
        title="Latency"
        note={data && `of the whole exchange, ${pointWords(data.query.step)}, ${sourceWords(data.source)}`}
        actions={<CsvButton question={overTime} what="latency over time" />}
      >
        <Answered query={query} onNarrow={onNarrow}>
          {(answer) => <Lines answer={answer} onSelect={onSelect} />}
        </Answered>
      </Card>
      <Card
        title="Distribution"
        note={data && `of how long exchanges took, ${sourceWords(data.source)}`}
        actions={<CsvButton question={question} what="latency distribution" />}
      >
        <Answered query={query} onNarrow={onNarrow}>
          {({ histogram }) =>
            histogram.length === 0 ? (
              <p className="muted">Nothing here has a latency: upgraded connections have none.</p>
            ) : (
              <Histogram buckets={histogram} />
            )
          }
        </Answered>
      </Card>
    </>
  );
}

function Lines({ answer, onSelect }: Pick<PartProps, 'onSelect'> & { answer: AnalyticsLatency }) {
  const data = useMemo(() => linesOf(answer), [answer]);
  return (
    <Chart
      label="Latency"
      group="analytics"
      series={SERIES}
      data={data}
      format={milliseconds}
      formatTime={timeFormatOf(answer.query)}
      onSelect={onSelect}
    />
  );
}

/** Where there was nothing there is no latency, and no line. */
function linesOf({ points }: AnalyticsLatency): AlignedData {
  return [
    points.map(({ start }) => start / 1000),
    ...PERCENTILES.map((name) =>
      points.map(({ percentilesUs }) => (percentilesUs[name] ? percentilesUs[name] / 1000 : null)),
    ),
  ];
}
