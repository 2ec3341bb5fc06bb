import { Link } from '../../app/router';
import type { AnalyticsComparison } from '../../api/types';
import { bytes, count, milliseconds, percent, shortCount } from '../../format/numbers';
import type { Column } from '../../kit/table';
import styles from './analytics.module.css';
import { changeWords } from './changes';

type Group = AnalyticsComparison['groups'][number];
export type TopOrder = 'requests' | 'errors' | 'drops' | 'retries' | 'bytesIn' | 'bytesOut';

export interface TopRow extends Group {
  readonly name: string;
  /** Of the first one, by what they are ordered by. 0 to 1. */
  readonly share: number;
}

/** `logs`: where the exchanges of a row are; null: nowhere. */
export function topColumns(title: string, logs: (row: TopRow) => string | null): readonly Column<TopRow>[] {
  return [
    { key: 'name', title, width: 'minmax(190px, 3fr)', cell: (row) => <Name row={row} /> },
    ...NUMBERS,
    {
      key: 'logs',
      title: 'Logs',
      quietTitle: true,
      width: '56px',
      cell: (row) => {
        const href = logs(row);
        return (
          href && (
            <Link href={href}>
              Logs<span className="visually-hidden"> of {row.name}</span>
            </Link>
          )
        );
      },
    },
  ];
}

function Name({ row: { name, isRest, share } }: { row: TopRow }) {
  return (
    <span className={styles.load}>
      <i className={styles.fill} style={{ transform: `scaleX(${isRest ? 0 : share})` }} aria-hidden="true" />
      <span className={isRest ? 'muted' : styles.name} title={name}>
        {name}
      </span>
    </span>
  );
}

const p99Of = ({ current }: TopRow) => current.percentilesUs['99'] ?? 0;

const NUMBERS: readonly Column<TopRow>[] = [
  {
    key: 'requests',
    title: 'Requests',
    width: '84px',
    isNumber: true,
    sort: ({ current }) => current.requests,
    cell: ({ current }) => count(current.requests),
  },
  {
    key: 'change',
    title: 'Change',
    width: '136px',
    isNumber: true,
    sort: ({ change }) => change.requests,
    cell: ({ current, baseline }) => (
      <span className="muted" title={`${count(baseline.requests)} before`}>
        {changeWords(current.requests, baseline.requests).text}
      </span>
    ),
  },
  {
    key: 'errors',
    title: 'Errors',
    width: '92px',
    isNumber: true,
    sort: ({ current }) => current.errors,
    cell: ({ current }) => <Part value={current.errors} share={current.errorShare} look={styles.bad} />,
  },
  {
    key: 'drops',
    title: 'Drops',
    width: '92px',
    isNumber: true,
    sort: ({ current }) => current.drops,
    cell: ({ current }) => <Part value={current.drops} share={current.dropShare} look={styles.warn} />,
  },
  {
    key: 'bytes',
    title: 'Sent',
    width: '78px',
    isNumber: true,
    sort: ({ current }) => current.bytesOut,
    cell: ({ current }) => bytes(current.bytesOut),
  },
  {
    key: 'p99',
    title: 'p99',
    width: '80px',
    isNumber: true,
    sort: p99Of,
    cell: (row) => (p99Of(row) === 0 ? '–' : milliseconds(p99Of(row) / 1000)),
  },
];

/** Some of the requests. */
function Part({ value, share, look }: { value: number; share: number; look: string | undefined }) {
  if (value === 0) return <span className="muted">0</span>;
  return (
    <span className={look} title={`${percent(share)} of the requests`}>
      {shortCount(value)}
    </span>
  );
}
