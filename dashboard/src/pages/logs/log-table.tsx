import { navigate } from '../../app/router';
import type { AccessLogRecord } from '../../api/types';
import { bytes, milliseconds } from '../../format/numbers';
import { clockTime, fullTime } from '../../format/times';
import { Badge, type Tone } from '../../kit/badge';
import { type Column, Table } from '../../kit/table';

const COLUMNS: readonly Column<AccessLogRecord>[] = [
  {
    key: 'time',
    title: 'Time',
    width: '88px',
    cell: ({ time }) => <time title={fullTime(time)}>{clockTime(time)}</time>,
  },
  {
    key: 'status',
    title: 'Status',
    width: '66px',
    cell: (record) => <Badge tone={toneOf(record)}>{record.status}</Badge>,
  },
  { key: 'method', title: 'Method', width: '74px', cell: ({ method }) => method },
  {
    key: 'path',
    title: 'Path',
    width: 'minmax(180px, 3fr)',
    cell: ({ path, query }) => (
      <code className="ellipsis" title={path + (query && `?${query}`)}>
        {path}
        {query && <span className="muted">?{query}</span>}
      </code>
    ),
  },
  {
    key: 'service',
    title: 'Service',
    width: 'minmax(90px, 1fr)',
    cell: ({ service }) => <span className="ellipsis">{service ?? '–'}</span>,
  },
  {
    key: 'outcome',
    title: 'Outcome',
    width: 'minmax(120px, 1fr)',
    cell: (record) => <span className="ellipsis">{outcomeOf(record)}</span>,
  },
  {
    key: 'client',
    title: 'Client',
    width: 'minmax(110px, 1fr)',
    cell: ({ client }) => <span className="ellipsis mono">{client}</span>,
  },
  { key: 'size', title: 'Size', width: '80px', isNumber: true, cell: ({ bytesOut }) => bytes(bytesOut) },
  {
    key: 'duration',
    title: 'Took',
    width: '84px',
    isNumber: true,
    cell: ({ totalUs }) => milliseconds(totalUs / 1000),
  },
];

export function LogTable({ records, empty }: LogTableProps) {
  return (
    <Table
      label="Exchanges, newest first"
      rows={records}
      columns={COLUMNS}
      rowKey={({ id }) => id}
      rowHeight={36}
      onOpen={(record) => navigate(recordPath(record))}
      empty={empty}
    />
  );
}

interface LogTableProps {
  readonly records: readonly AccessLogRecord[];
  readonly empty: React.ReactNode;
}

/** The page of one exchange. */
export function recordPath({ id, requestId }: AccessLogRecord): string {
  const path = `/logs/${encodeURIComponent(requestId)}`;
  return id === requestId ? path : `${path}?record=${id}`;
}

export function toneOf({ status, dropReason }: AccessLogRecord): Tone {
  if (status >= 500) return 'bad';
  if (dropReason !== null) return 'warn';
  return status >= 400 ? 'warn' : status >= 300 ? 'accent' : 'good';
}

function outcomeOf({ dropReason, shadowReason, fallbackFrom, attempts }: AccessLogRecord): string {
  if (dropReason !== null) return dropReason;
  const notes = [
    attempts.length > 1 ? `${attempts.length} attempts` : '',
    fallbackFrom === null ? '' : `for ${fallbackFrom}`,
    shadowReason === null ? '' : `shadow: ${shadowReason}`,
  ].filter(Boolean);
  return notes.length === 0 ? 'forwarded' : notes.join(', ');
}
