import type { DiscoverySource, Finding } from '../../api/types';
import { Link } from '../../app/router';
import { plural } from '../../format/numbers';
import { Badge } from '../../kit/badge';
import { Card } from '../../kit/card';
import { Sentence } from '../../kit/cells';
import { Empty, Notice } from '../../kit/condition';
import { type Column, Table } from '../../kit/table';
import { servicePath } from '../page-paths';
import styles from './discovery.module.css';
import { detailOf, hasTrouble, placeOf, STATUS_WORDS } from './findings';

/** One source: what keeps it from looking, and what it has found. */
export function SourceCard({ source }: { source: DiscoverySource }) {
  const { name, backends, problem } = source;
  return (
    <Card
      title={name}
      note={
        <span className="row">
          <Badge tone={problem !== '' ? 'bad' : hasTrouble(source) ? 'warn' : 'good'} dot>
            {problem !== '' ? 'Cannot look' : hasTrouble(source) ? 'With problems' : 'Well'}
          </Badge>
          {plural(backends.length, 'backend')}
        </span>
      }
      flush
    >
      {hasTrouble(source) && <Trouble source={source} />}
      <Table
        label={`Found by ${name}`}
        columns={COLUMNS}
        rows={backends}
        rowKey={({ service, url, place }) => JSON.stringify([service, url, place])}
        rowHeight={52}
        empty={
          <Empty title="Nothing found" icon="discovery">
            {problem === '' ? 'The source names no backend.' : 'Nothing is added until the source can look.'}
          </Empty>
        }
      />
    </Card>
  );
}

function Trouble({ source: { problem, problems } }: { source: DiscoverySource }) {
  return (
    <div className={styles.trouble}>
      {problem !== '' && (
        <Notice tone="bad">
          {problem} <span>What was found last counts on.</span>
        </Notice>
      )}
      {problems.length > 0 && (
        <Notice tone="warn">
          <ul className={styles.problems} aria-label="What cannot be used">
            {problems.map(({ place, message }) => (
              <li key={`${place} ${message}`}>
                {message}
                <small>{place}</small>
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </div>
  );
}

const COLUMNS: readonly Column<Finding>[] = [
  {
    key: 'url',
    title: 'URL',
    width: 'minmax(180px, 1.2fr)',
    sort: ({ url }) => url,
    cell: ({ service, url, backend }) =>
      backend === null ? (
        <span className="mono ellipsis" title={url}>
          {url}
        </span>
      ) : (
        <Link href={servicePath(service, backend)} className="mono ellipsis" title={url}>
          {url}
        </Link>
      ),
  },
  {
    key: 'service',
    title: 'Service',
    width: 'minmax(90px, 0.7fr)',
    sort: ({ service }) => service,
    cell: ({ service }) => (
      <Link href={servicePath(service)} className="ellipsis">
        {service}
      </Link>
    ),
  },
  {
    key: 'status',
    title: 'Status',
    width: '104px',
    sort: ({ status }) => status,
    cell: ({ status }) => (
      <Badge tone={STATUS_WORDS[status].tone} dot>
        {STATUS_WORDS[status].label}
      </Badge>
    ),
  },
  {
    key: 'detail',
    title: 'Why',
    width: 'minmax(220px, 2.2fr)',
    cell: (finding) => <Sentence text={detailOf(finding)} />,
  },
  {
    key: 'place',
    title: 'Place',
    width: 'minmax(140px, 1.2fr)',
    sort: placeOf,
    cell: (finding) => (
      <span className="ellipsis muted" title={placeOf(finding)}>
        {placeOf(finding)}
      </span>
    ),
  },
];
