import { useState } from 'react';
import { useOlder } from '../../api/older';
import { useQuery } from '../../api/query';
import type { HealthLogRecord, Page as ListPage } from '../../api/types';
import { Link } from '../../app/router';
import { milliseconds } from '../../format/numbers';
import { fullTime } from '../../format/times';
import { Badge, type Tone } from '../../kit/badge';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { Empty, Loaded, Notice } from '../../kit/condition';
import { Select } from '../../kit/field';
import { type Column, Table } from '../../kit/table';
import { servicePath } from '../page-paths';
import styles from './probes.module.css';

const KINDS = [
  ['change', 'Changes of health'],
  ['ejection', 'Ejections'],
  ['breaker', 'Circuit breakers'],
  ['probe', 'Probes'],
  ['', 'Everything'],
] as const;

/** The records themselves. `filter`: as the API takes it. */
export function EventCard({ filter }: { filter: URLSearchParams }) {
  const [kind, setKind] = useState('change');
  const parameters = new URLSearchParams(filter);
  parameters.set('limit', '100');
  if (kind) parameters.set('kind', kind);
  const path = `/api/v1/health-logs?${parameters}`;
  const query = useQuery<ListPage<HealthLogRecord>>(path, { everyMs: 10_000 });
  const older = useOlder<HealthLogRecord>(path, query.data?.next ?? null);
  return (
    <Card
      title="Records"
      note="newest first"
      actions={
        <Select
          label="Kind"
          quietLabel
          className={styles.choice}
          value={kind}
          onChange={(event) => setKind(event.target.value)}
        >
          {KINDS.map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </Select>
      }
      flush
    >
      <Loaded query={query}>
        {({ items }) => (
          <Table
            label="Health records"
            rows={[...items, ...older.items]}
            rowKey={({ id }) => id}
            columns={COLUMNS}
            empty={
              <Empty title="Nothing happened" icon="probes">
                No record of this kind in this time.
              </Empty>
            }
          />
        )}
      </Loaded>
      {older.error && <Notice tone="bad">{older.error}</Notice>}
      {older.next !== null && (
        <div className={styles.more}>
          <Button isBusy={older.isBusy} onClick={older.load}>
            Older ones
          </Button>
        </div>
      )}
    </Card>
  );
}

const COLUMNS: readonly Column<HealthLogRecord>[] = [
  { key: 'time', title: 'When', width: '170px', cell: ({ time }) => fullTime(time) },
  {
    key: 'what',
    title: 'What',
    width: '128px',
    cell: (record) => {
      const { tone, label } = outcomeOf(record);
      return <Badge tone={tone}>{label}</Badge>;
    },
  },
  {
    key: 'service',
    title: 'Service',
    width: 'minmax(90px, 0.6fr)',
    cell: ({ service }) => <Link href={servicePath(service)}>{service}</Link>,
  },
  {
    key: 'backend',
    title: 'Backend',
    width: 'minmax(170px, 1fr)',
    cell: ({ url }) => (
      <span className="ellipsis" title={url}>
        {url || 'the whole service'}
      </span>
    ),
  },
  {
    key: 'why',
    title: 'Why',
    width: 'minmax(160px, 1.6fr)',
    cell: ({ error, status, durationUs, kind }) => {
      const probe = kind === 'probe' ? `${status || 'passed'} in ${milliseconds(durationUs / 1000)}` : '–';
      return (
        <span className="ellipsis" title={error}>
          {error || probe}
        </span>
      );
    },
  },
];

function outcomeOf({ kind, passed, health }: HealthLogRecord): { tone: Tone; label: string } {
  const tone = passed ? 'good' : 'bad';
  if (kind === 'change') return { tone: health === 'healthy' ? 'good' : 'bad', label: health };
  if (kind === 'ejection') return { tone, label: passed ? 'returned' : 'ejected' };
  if (kind === 'breaker') return { tone, label: passed ? 'breaker closed' : 'breaker open' };
  return { tone, label: passed ? 'probe passed' : 'probe failed' };
}
