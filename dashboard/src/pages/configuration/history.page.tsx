import { useOlder } from '../../api/older';
import { useQuery } from '../../api/query';
import type { Page as ListPage, Revision } from '../../api/types';
import { navigate } from '../../app/router';
import { fullTime } from '../../format/times';
import { Badge } from '../../kit/badge';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { Loaded, Notice } from '../../kit/condition';
import { Page } from '../../kit/page';
import { type Column, Table } from '../../kit/table';
import styles from './configuration.module.css';
import { GuardCard } from './guard-card';

const PATH = '/api/v1/revisions?limit=100';

/** How the desired state came to be. */
export default function HistoryPage() {
  const query = useQuery<ListPage<Revision>>(PATH, { everyMs: 10_000 });
  const older = useOlder<Revision>(PATH, query.data?.next ?? null);
  return (
    <Page
      title="History"
      parent={{ href: '/configuration', title: 'Configuration' }}
      note="Every change of the configuration: who, when, why and what. Each can be brought back."
    >
      <GuardCard />
      <Card title="Revisions" note="newest first" flush>
        <Loaded query={query}>
          {({ items }) => (
            <Table
              label="Revisions"
              rows={[...items, ...older.items]}
              rowKey={({ number }) => String(number)}
              columns={COLUMNS}
              onOpen={({ number }) => navigate(`/configuration/history/${number}`)}
            />
          )}
        </Loaded>
        {older.error && <Notice tone="bad">{older.error}</Notice>}
        {older.next !== null && (
          <div className={styles.older}>
            <Button isBusy={older.isBusy} onClick={older.load}>
              Older ones
            </Button>
          </div>
        )}
      </Card>
    </Page>
  );
}

const COLUMNS: readonly Column<Revision>[] = [
  {
    key: 'number',
    title: 'Revision',
    width: '74px',
    isNumber: true,
    cell: ({ number }) => <strong>{number}</strong>,
  },
  { key: 'time', title: 'When', width: '170px', cell: ({ time }) => fullTime(time) },
  {
    key: 'author',
    title: 'Who',
    width: 'minmax(140px, 1fr)',
    cell: ({ author }) => (
      <span className="ellipsis" title={author}>
        {author}
      </span>
    ),
  },
  { key: 'origin', title: 'By', width: '100px', cell: ({ origin }) => <Badge>{origin}</Badge> },
  {
    key: 'note',
    title: 'Why',
    width: 'minmax(110px, 1fr)',
    cell: ({ note, restores }) => (
      <span className="ellipsis" title={note}>
        {restores > 0 && `brings back ${restores}${note ? ': ' : ''}`}
        {note || (restores > 0 ? '' : '–')}
      </span>
    ),
  },
  {
    key: 'changes',
    title: 'What',
    width: 'minmax(180px, 2fr)',
    cell: ({ changes }) => (
      <span className="ellipsis" title={changes.join('\n')}>
        {changes[0] ?? '–'}
        {changes.length > 1 && <span className="muted"> and {changes.length - 1} more</span>}
      </span>
    ),
  },
];
