import { useNow } from '../../app/now';
import type { Backend } from '../../api/types';
import { count, milliseconds, rate } from '../../format/numbers';
import { Badge } from '../../kit/badge';
import { TwoLined } from '../../kit/cells';
import { Menu, type MenuItem } from '../../kit/menu';
import type { Column } from '../../kit/table';
import type { LiveBackend } from '../../live/overview.types';
import { backendState } from '../../live/states';
import { type KnownBackend, reasonOf } from './known-backend';
import styles from './services.module.css';

/** `itemsFor`: what can be done with a backend. */
export function backendColumns(
  itemsFor: (known: KnownBackend) => readonly MenuItem[],
): readonly Column<KnownBackend>[] {
  return [
    ...WORD_COLUMNS,
    ...NUMBER_COLUMNS,
    {
      key: 'actions',
      title: 'Actions',
      quietTitle: true,
      width: '56px',
      isNumber: true,
      cell: (known) => <Menu label={`Actions for ${known.backend.url}`} items={itemsFor(known)} />,
    },
  ];
}

const WORD_COLUMNS: readonly Column<KnownBackend>[] = [
  {
    key: 'url',
    title: 'Backend',
    width: 'minmax(190px, 1.4fr)',
    sort: ({ backend }) => backend.url,
    cell: ({ backend }) => (
      <TwoLined>
        <span className="mono ellipsis" title={backend.url}>
          {backend.url}
        </span>
        <Marks backend={backend} />
      </TwoLined>
    ),
  },
  {
    key: 'state',
    title: 'State',
    width: 'minmax(170px, 1.5fr)',
    sort: ({ backend }) => backendState(judged(backend)).label,
    cell: (known) => <State known={known} />,
  },
  {
    key: 'load',
    title: 'Req/s',
    width: 'minmax(100px, 1fr)',
    sort: ({ live }) => live?.requests ?? 0,
    cell: ({ live, most }) => (
      <span className={styles.load}>
        <i className={styles.track} />
        <i className={styles.fill} style={{ transform: `scaleX(${(live?.requests ?? 0) / most})` }} />
        <span>{live ? rate(live.requests) : '–'}</span>
      </span>
    ),
  },
];

const NUMBER_COLUMNS: readonly Column<KnownBackend>[] = [
  {
    key: 'flight',
    title: 'In flight',
    width: '84px',
    isNumber: true,
    sort: ({ backend }) => backend.inFlight,
    cell: ({ backend }) => count(backend.inFlight),
  },
  {
    key: 'latency',
    title: 'Latency',
    width: '84px',
    isNumber: true,
    sort: ({ live }) => live?.latencyUs ?? 0,
    cell: ({ live }) => latencyOf(live),
  },
  {
    key: 'errors',
    title: 'Errors/s',
    width: '80px',
    isNumber: true,
    sort: ({ live }) => live?.errors ?? 0,
    cell: ({ live }) => (live ? rate(live.errors) : '–'),
  },
  {
    key: 'weight',
    title: 'Weight',
    width: '74px',
    isNumber: true,
    sort: ({ backend }) => backend.weight,
    cell: ({ backend }) => count(backend.weight),
  },
];

function Marks({ backend: { backup, group, source } }: { backend: Backend }) {
  const marks = [backup && 'backup', group && `group ${group}`, source && `by ${source}`].filter(Boolean);
  if (marks.length === 0) return null;
  const text = marks.join(' · ');
  return <small title={text}>{text}</small>;
}

function latencyOf(live: LiveBackend | undefined): string {
  return live === undefined || live.latencyUs === 0 ? '–' : milliseconds(live.latencyUs / 1000);
}

function judged(backend: Backend) {
  return { ...backend, ejected: backend.ejectedUntil !== null };
}

function State({ known }: { known: KnownBackend }) {
  const { backend, live } = known;
  const { tone, label } = backendState({
    ...backend,
    ejected: live?.ejected ?? backend.ejectedUntil !== null,
  });
  const reason = reasonOf(known, useNow());
  return (
    <TwoLined>
      <span>
        <Badge tone={tone} dot>
          {label}
        </Badge>
      </span>
      {reason && <small title={reason}>{reason}</small>}
    </TwoLined>
  );
}
