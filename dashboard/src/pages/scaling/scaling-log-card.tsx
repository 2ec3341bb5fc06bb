import { useMemo, useState } from 'react';
import { problemAt } from '../../api/api';
import { useFeed } from '../../api/feed';
import type { ScalingLogRecord } from '../../api/types';
import { useQueryParameter } from '../../app/router';
import { count } from '../../format/numbers';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { Empty, Loaded, Notice } from '../../kit/condition';
import { Table } from '../../kit/table';
import { Choice, ServiceChoice } from '../filters/filter-fields';
import { RecordDialog } from './record.dialog';
import { logColumns } from './scaling-log.columns';
import { type Kind, KIND_TITLES } from './scaling-words';
import styles from './scaling.module.css';

const TIMES = [
  ['', 'Any time'],
  ['-15m', 'Last 15 minutes'],
  ['-1h', 'Last hour'],
  ['-24h', 'Last 24 hours'],
  ['-7d', 'Last 7 days'],
] as const;
const RENEW_MS = 5_000;
const PAGE_SIZE = '100';

/** What was decided and what happened, newest first. `service`: of that one alone; without it: of all, or of one to be chosen. */
export function ScalingLogCard({ service = '' }: { service?: string }) {
  const [chosen, choose] = useQueryParameter('service');
  const [kind, setKind] = useQueryParameter('kind');
  const [from, setFrom] = useQueryParameter('from');
  const [opened, setOpened] = useState<ScalingLogRecord | null>(null);
  const feed = useFeed<ScalingLogRecord>(pathOf({ service: service || chosen, kind, from }), RENEW_MS);
  const columns = useMemo(() => logColumns(service === ''), [service]);
  const { query, items, next, isBusy, error, load } = feed;
  const isNarrowed = kind !== '' || from !== '' || (service === '' && chosen !== '');
  return (
    <Card
      title="Decisions and happenings"
      note={query.data && `newest first, ${count(items.length)}${next === null ? '' : ' so far'}`}
      flush
    >
      <form
        className={styles.filters}
        role="search"
        aria-label="Filters"
        onSubmit={(event) => event.preventDefault()}
      >
        {service === '' && (
          <ServiceChoice value={chosen} error={problemAt(query.error, 'service')} onValue={choose} />
        )}
        <Choice label="Kind" value={kind} error={problemAt(query.error, 'kind')} onValue={setKind}>
          <option value="">Everything</option>
          {(Object.keys(KIND_TITLES) as Kind[]).map((value) => (
            <option key={value} value={value}>
              {KIND_TITLES[value]}
            </option>
          ))}
        </Choice>
        <Choice label="Since" value={from} error={problemAt(query.error, 'from')} onValue={setFrom}>
          {!TIMES.some(([value]) => value === from) && <option value={from}>{from}</option>}
          {TIMES.map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </Choice>
      </form>
      <Loaded query={query} lines={6}>
        {() => (
          <Table
            label="Scaling records, newest first"
            columns={columns}
            rows={items}
            rowKey={({ id }) => id}
            rowHeight={52}
            onOpen={setOpened}
            empty={<NothingFound isNarrowed={isNarrowed} />}
          />
        )}
      </Loaded>
      {error && <Notice tone="bad">{error}</Notice>}
      {next !== null && (
        <div className={styles.more}>
          <Button isBusy={isBusy} onClick={load}>
            Older ones
          </Button>
        </div>
      )}
      {opened && <RecordDialog record={opened} onClose={() => setOpened(null)} />}
    </Card>
  );
}

function NothingFound({ isNarrowed }: { isNarrowed: boolean }) {
  return (
    <Empty title={isNarrowed ? 'Nothing fits these filters' : 'Nothing has happened yet'} icon="scaling">
      {isNarrowed
        ? 'Widen the time, or choose another kind.'
        : 'Decisions, copies that start and end, and backends that are found or lost are listed here as they happen.'}
    </Empty>
  );
}

function pathOf(filter: Readonly<Record<string, string>>): string {
  const given = Object.entries(filter).filter(([, value]) => value !== '');
  return `/api/v1/scaling-logs?${new URLSearchParams([...given, ['limit', PAGE_SIZE]])}`;
}
