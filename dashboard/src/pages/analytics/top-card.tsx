import { useMemo } from 'react';
import { useQuery } from '../../api/query';
import type { AnalyticsComparison, Service } from '../../api/types';
import { navigate } from '../../app/router';
import { Card } from '../../kit/card';
import { Select } from '../../kit/field';
import { Segments } from '../../kit/segments';
import { Table } from '../../kit/table';
import { logsOf, questionOf, type View } from './analytics-view';
import styles from './analytics.module.css';
import { Answered, sourceWords } from './answered';
import { CsvButton } from './csv-button';
import type { PartProps } from './part';
import { baselineOf } from './range-bar';
import { topColumns, type TopOrder, type TopRow } from './top.columns';

const DIMENSIONS = [
  { value: 'path', title: 'Paths' },
  { value: 'client', title: 'Clients' },
  { value: 'service', title: 'Services' },
  { value: 'backend', title: 'Backends' },
  { value: 'status', title: 'Statuses' },
  { value: 'dropReason', title: 'Drop reasons' },
] as const;
type Dimension = (typeof DIMENSIONS)[number]['value'];
const ORDERS: Readonly<Record<TopOrder, string>> = {
  requests: 'most requests',
  errors: 'most errors',
  drops: 'most drops',
  retries: 'most retries',
  bytesOut: 'most bytes sent',
  bytesIn: 'most bytes received',
};
const LIMIT = '20';

/** The groups with the most of something. A click narrows the page to one; when it is that already, it leads to the logs. */
export function TopCard({ view, everyMs, onChange, onNarrow, services }: TopCardProps) {
  const by = DIMENSIONS.find(({ value }) => value === view.by)?.value ?? 'path';
  const order = view.order !== undefined && view.order in ORDERS ? (view.order as TopOrder) : 'requests';
  const asked = { groupBy: by, order, limit: LIMIT };
  const query = useQuery<AnalyticsComparison>(
    questionOf('compare', view, { ...asked, baseline: baselineOf(view) }),
    { everyMs },
  );
  const title = DIMENSIONS.find(({ value }) => value === by)!.title;
  const open = (row: TopRow) => {
    const change = narrowingOf(by, row);
    if (change === null) return;
    const isThere = Object.entries(change).every(
      ([name, value]) => (view[name as keyof View] ?? '') === value,
    );
    if (isThere) navigate(logsOf({ ...view, ...change }));
    else onChange(change);
  };
  return (
    <Card
      title={`${title} with the ${ORDERS[order]}`}
      note={query.data && `up to ${LIMIT}, ${sourceWords(query.data.source)}`}
      actions={<CsvButton question={questionOf('top', view, asked)} what={`top ${by}`} />}
      flush
    >
      <div className={styles.choices}>
        <Segments
          label="Of what"
          segments={DIMENSIONS}
          value={by}
          onChoose={(value) => onChange({ by: value })}
        />
        <Select
          label="Order"
          quietLabel
          value={order}
          onChange={(event) => onChange({ order: event.target.value })}
        >
          {Object.entries(ORDERS).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </Select>
      </div>
      <Answered query={query} onNarrow={onNarrow}>
        {({ groups }) => <Groups {...{ groups, by, order, view, services }} onOpen={open} />}
      </Answered>
    </Card>
  );
}

interface TopCardProps extends PartProps {
  readonly services: readonly Service[];
}

interface GroupsProps extends Pick<TopCardProps, 'view' | 'services'> {
  readonly groups: AnalyticsComparison['groups'];
  readonly by: Dimension;
  readonly order: TopOrder;
  readonly onOpen: (row: TopRow) => void;
}

function Groups({ groups, by, order, view, services, onOpen }: GroupsProps) {
  const rows = useMemo(() => rowsOf(groups, by, order, services), [groups, by, order, services]);
  const columns = useMemo(() => {
    const logs = (row: TopRow) => {
      const change = narrowingOf(by, row);
      return change === null ? null : logsOf({ ...view, ...change });
    };
    return topColumns(DIMENSIONS.find(({ value }) => value === by)!.title, logs);
  }, [by, view]);
  return (
    <Table
      label="Groups with the most"
      columns={columns}
      rows={rows}
      rowKey={({ key, isRest }) => (isRest ? 'rest' : `.${key}`)}
      rowHeight={40}
      onOpen={onOpen}
      empty={<p className={styles.none}>Nothing here.</p>}
    />
  );
}

function rowsOf(
  groups: AnalyticsComparison['groups'],
  by: Dimension,
  order: TopOrder,
  services: readonly Service[],
): TopRow[] {
  const urls = new Map(services.flatMap(({ backends }) => backends.map(({ id, url }) => [id, url])));
  const most = Math.max(1, ...groups.filter(({ isRest }) => !isRest).map(({ current }) => current[order]));
  return groups.map((group) => ({
    ...group,
    name: group.isRest ? 'all others' : nameOf(by, group.key, urls),
    share: Math.min(1, group.current[order] / most),
  }));
}

function nameOf(by: Dimension, key: string, urls: ReadonlyMap<string, string>): string {
  if (key === '') return by === 'dropReason' ? 'forwarded' : 'none';
  return by === 'backend' ? (urls.get(key) ?? key) : key;
}

/** What shows a row alone; null: nothing does. */
function narrowingOf(by: Dimension, { key, isRest }: TopRow): View | null {
  if (isRest) return null;
  if (by === 'dropReason')
    return key === '' ? { dropped: 'false', dropReason: '' } : { dropReason: key, dropped: '' };
  return key === '' ? null : { [by]: key };
}
