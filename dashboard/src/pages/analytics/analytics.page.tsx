import type { ReactNode } from 'react';
import { invalidate, useQuery } from '../../api/query';
import type { AnalyticsComparison, Service } from '../../api/types';
import { navigate } from '../../app/router';
import { dayTime } from '../../format/times';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { Empty } from '../../kit/condition';
import { Page } from '../../kit/page';
import styles from './analytics.module.css';
import { Answered, sourceWords } from './answered';
import { FILTERS, logsOf, MINUTE_MS, questionOf, useView, type View } from './analytics-view';
import { DropsCard } from './drops-card';
import { FilterBar } from './filter-bar';
import { LatencyCards } from './latency-cards';
import type { PartProps } from './part';
import { baselineOf, baselineWords, isUsual, RangeBar } from './range-bar';
import { StatusChart } from './status-chart';
import { TopCard } from './top-card';
import { TotalFigures } from './total-figures';

const AGAIN_MS = 30_000;

/** The past: how much, how fast, for whom, and what was refused, beside another time. */
export default function AnalyticsPage() {
  const [view, setView] = useView();
  const everyMs = isUsual(view) ? AGAIN_MS : 0;
  const query = useQuery<AnalyticsComparison>(
    questionOf('compare', view, { baseline: baselineOf(view), percentiles: '50,99' }),
    { everyMs },
  );
  const services = useQuery<readonly Service[]>('/api/v1/services?limit=1000', { all: true });
  const known = services.data ?? NO_SERVICES;
  const onNarrow = () => setView({ from: '-1h', to: '', step: '' });
  const onSelect = (fromMs: number, toMs: number) => {
    // Sums are kept by the minute.
    const from = Math.floor(fromMs / MINUTE_MS) * MINUTE_MS;
    const to = Math.max(from + MINUTE_MS, Math.ceil(toMs / MINUTE_MS) * MINUTE_MS);
    setView({ from: String(from), to: String(to), step: '' });
  };
  return (
    <Page
      title="Analytics"
      note={query.data ? rangeWords(query.data, view) : 'What happened, over time'}
      actions={
        <>
          <Button icon="refresh" onClick={() => invalidate('/api/v1/analytics')}>
            Refresh
          </Button>
          <Button icon="logs" onClick={() => navigate(logsOf(view))}>
            These in the logs
          </Button>
        </>
      }
    >
      <Card>
        <div className="stack">
          <RangeBar view={view} onChange={setView} error={query.error} />
          <FilterBar view={view} onChange={setView} error={query.error} services={known} />
        </div>
      </Card>
      <Answered query={query} onNarrow={onNarrow}>
        {({ total }) =>
          total.current.requests === 0 && total.baseline.requests === 0 ? (
            <Nothing view={view} onChange={setView} />
          ) : (
            <>
              <TotalFigures total={total} />
              <Parts {...{ view, everyMs, onSelect, onNarrow, onChange: setView, services: known }} />
            </>
          )
        }
      </Answered>
    </Page>
  );
}

const NO_SERVICES: readonly Service[] = [];

function Parts({ services, ...part }: PartProps & { services: readonly Service[] }) {
  return (
    <>
      <StatusChart {...part} />
      <div className={styles.pair}>
        <LatencyCards {...part} />
      </div>
      <DropsCard {...part} />
      <TopCard {...part} services={services} />
    </>
  );
}

function Nothing({ view, onChange }: { view: View; onChange: (change: View) => void }): ReactNode {
  const isNarrowed = FILTERS.some((name) => view[name]);
  return (
    <Card>
      <Empty
        title={isNarrowed ? 'Nothing fits these filters' : 'Nothing happened in this time'}
        icon="analytics"
        action={
          isNarrowed ? (
            <Button onClick={() => onChange(Object.fromEntries(FILTERS.map((name) => [name, ''])))}>
              Leave out the filters
            </Button>
          ) : (
            <Button onClick={() => onChange({ from: '-30d', to: '' })}>Show 30 days</Button>
          )
        }
      >
        {isNarrowed
          ? 'Leave out a filter, or choose a longer time.'
          : 'Exchanges are counted a second or two after they end. Choose a longer time, or send a request through the balancer.'}
      </Empty>
    </Card>
  );
}

/** `3 Feb, 14:03 to 3 Feb, 15:03, compared with the period before, from roll-ups`. */
function rangeWords({ query, source }: AnalyticsComparison, view: View): string {
  return `${dayTime(query.from)} to ${dayTime(query.to)}, compared with ${baselineWords(view)}, ${sourceWords(source)}`;
}
