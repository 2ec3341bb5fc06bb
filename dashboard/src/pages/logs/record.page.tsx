import { useQuery } from '../../api/query';
import type { AccessLogRecord, Page as ListPage } from '../../api/types';
import { Link, useQueryParameter } from '../../app/router';
import { plural } from '../../format/numbers';
import { fullTime } from '../../format/times';
import { Badge } from '../../kit/badge';
import { Card } from '../../kit/card';
import { Empty, Loaded } from '../../kit/condition';
import { Page } from '../../kit/page';
import type { PageParameters } from '../page-parameters';
import { AttemptList } from './attempt-list';
import { DecisionCards } from './decision-cards';
import { Facts } from './facts';
import { toneOf } from './log-table';
import styles from './record.module.css';
import { Timeline } from './timeline';

/** One exchange with its decision. */
export default function RecordPage({ parameters }: PageParameters) {
  const id = parameters['id']!;
  const [chosen, choose] = useQueryParameter('record');
  const query = useQuery<ListPage<AccessLogRecord>>(
    `/api/v1/access-logs?limit=50&requestId=${encodeURIComponent(id)}`,
  );
  return (
    <Page title={`Request ${id}`} parent={{ href: '/logs', title: 'Logs' }}>
      <Loaded query={query} lines={8}>
        {({ items }) => {
          const record = items.find((item) => item.id === chosen) ?? items[0];
          if (record === undefined) return <NotThere />;
          return (
            <>
              {items.length > 1 && <Others items={items} shown={record} onChoose={choose} />}
              <Exchange record={record} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Exchange({ record }: { record: AccessLogRecord }) {
  return (
    <>
      <Card>
        <div className={styles.line}>
          <Badge tone={toneOf(record)}>{record.status}</Badge>
          <code>
            {record.method} {record.host}
            {record.path}
            {record.query && `?${record.query}`}
          </code>
        </div>
        <p className="muted">
          {fullTime(record.time)} · {record.dropReason === null ? 'forwarded' : 'dropped: '}
          {record.dropReason && (
            <Link href={`/logs?dropReason=${record.dropReason}`}>{record.dropReason}</Link>
          )}
        </p>
        <Timeline record={record} />
      </Card>
      <DecisionCards record={record} />
      <AttemptList record={record} />
      <Facts record={record} />
    </>
  );
}

interface OthersProps {
  readonly items: readonly AccessLogRecord[];
  readonly shown: AccessLogRecord;
  readonly onChoose: (id: string) => void;
}

/** Clients may send one id several times. */
function Others({ items, shown, onChoose }: OthersProps) {
  return (
    <Card title={plural(items.length, 'exchange')} note="have this request id">
      <div className="row" role="group" aria-label="Which exchange">
        {items.map((item) => (
          <button
            key={item.id}
            type="button"
            className={styles.other}
            aria-pressed={item.id === shown.id}
            onClick={() => onChoose(item.id)}
          >
            {fullTime(item.time)} · {item.status}
          </button>
        ))}
      </div>
    </Card>
  );
}

function NotThere() {
  return (
    <Card>
      <Empty title="This exchange is not in the log" icon="logs">
        It may have been sampled away, be older than the retention, or not have reached the store yet: a
        record is there a second or two after the exchange.
      </Empty>
    </Card>
  );
}
