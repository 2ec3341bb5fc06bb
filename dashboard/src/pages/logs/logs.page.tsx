import { useState } from 'react';
import { useOlder } from '../../api/older';
import { useQuery } from '../../api/query';
import type { AccessLogRecord, Page as ListPage } from '../../api/types';
import { navigate } from '../../app/router';
import { count } from '../../format/numbers';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { Empty, Failure, Notice, Skeleton } from '../../kit/condition';
import { Page } from '../../kit/page';
import { FilterBar } from './filter-bar';
import { useLiveTail } from './live-tail';
import { type LogFilter, queryOf, useLogFilter } from './log-filter';
import { LogTable } from './log-table';
import styles from './logs.module.css';

const PAGE_SIZE = '200';

/** Every exchange, to be searched, or as it comes. */
export default function LogsPage() {
  const [filter, setFilter] = useLogFilter();
  const [isLive, setLive] = useState(false);
  const [isPaused, setPaused] = useState(false);
  return (
    <Page
      title="Logs"
      note="One record for each exchange, forwarded or dropped"
      actions={
        <>
          <Button icon="help" onClick={() => navigate('/explain')}>
            Explain a request
          </Button>
          {isLive && (
            <Button icon={isPaused ? 'play' : 'pause'} onClick={() => setPaused(!isPaused)}>
              {isPaused ? 'Go on' : 'Pause'}
            </Button>
          )}
          <Button
            look={isLive ? 'primary' : 'plain'}
            aria-pressed={isLive}
            onClick={() => {
              setLive(!isLive);
              setPaused(false);
            }}
          >
            Live tail
          </Button>
        </>
      }
    >
      {isLive ? (
        <Tail filter={filter} setFilter={setFilter} isPaused={isPaused} />
      ) : (
        <Found filter={filter} setFilter={setFilter} />
      )}
    </Page>
  );
}

interface PartProps {
  readonly filter: LogFilter;
  readonly setFilter: (change: LogFilter) => void;
}

function Found({ filter, setFilter }: PartProps) {
  const path = `/api/v1/access-logs?${queryOf(filter, { limit: PAGE_SIZE })}`;
  const query = useQuery<ListPage<AccessLogRecord>>(path);
  const older = useOlder<AccessLogRecord>(path, query.data?.next ?? null);
  const records = query.data ? [...query.data.items, ...older.items] : [];
  return (
    <>
      <FilterBar filter={filter} onChange={setFilter} error={query.error} isLive={false} />
      <Card
        title="Exchanges"
        note={query.data && `newest first, ${count(records.length)}${older.next === null ? '' : ' so far'}`}
        actions={
          <Button look="quiet" icon="refresh" onClick={query.reload}>
            Newest
          </Button>
        }
        flush
      >
        {query.data ? (
          <LogTable records={records} empty={<NothingFound filter={filter} />} />
        ) : query.error ? (
          <Failure error={query.error} retry={query.reload} />
        ) : (
          <div className={styles.waiting}>
            <Skeleton lines={10} label="Searching" />
          </div>
        )}
        {older.error && <Notice tone="bad">{older.error}</Notice>}
        {older.next !== null && (
          <div className={styles.older}>
            <Button isBusy={older.isBusy} onClick={older.load}>
              Older ones
            </Button>
          </div>
        )}
      </Card>
    </>
  );
}

function Tail({ filter, setFilter, isPaused }: PartProps & { isPaused: boolean }) {
  const { records, skipped, state } = useLiveTail(isPaused, filter);
  return (
    <>
      <FilterBar filter={filter} onChange={setFilter} error={null} isLive />
      {state.phase === 'waiting' && <Notice tone="warn">The stream broke off: {state.problem}</Notice>}
      <Card
        title="Exchanges"
        note={
          isPaused
            ? 'paused'
            : `as they end${skipped > 0 ? `, ${count(skipped)} came too fast to be shown` : ''}`
        }
        flush
      >
        <LogTable
          records={records}
          empty={
            <Empty title="Waiting for traffic" icon="logs">
              Exchanges appear here as they end.
            </Empty>
          }
        />
      </Card>
    </>
  );
}

function NothingFound({ filter }: { filter: LogFilter }) {
  const isNarrowed = queryOf(filter) !== '';
  return (
    <Empty title={isNarrowed ? 'Nothing fits these filters' : 'No exchange is recorded yet'} icon="logs">
      {isNarrowed
        ? 'Widen the time, or leave out a filter. What was sampled away is in the charts, and not here.'
        : 'Send a request through the balancer: it is here a moment later.'}
    </Empty>
  );
}
