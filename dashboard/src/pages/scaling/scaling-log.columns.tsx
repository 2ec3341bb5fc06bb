import type { ScalingLogRecord } from '../../api/types';
import { Link } from '../../app/router';
import { clockTime, dayTime, fullTime } from '../../format/times';
import { Badge } from '../../kit/badge';
import { Sentence } from '../../kit/cells';
import type { Column } from '../../kit/table';
import { happeningPath, servicePath } from '../page-paths';
import { copiesWords, kindWords, reasonWords } from './scaling-words';

const DAY_MS = 86_400_000;

/** `withService`: records of several services are shown. */
export function logColumns(withService: boolean): readonly Column<ScalingLogRecord>[] {
  return withService ? [WHEN, WHAT, SERVICE, COPIES, WHY, ABOUT] : [WHEN, WHAT, COPIES, WHY, ABOUT];
}

const WHEN: Column<ScalingLogRecord> = {
  key: 'time',
  title: 'When',
  width: '112px',
  cell: ({ time }) => (
    <time dateTime={new Date(time).toISOString()} title={fullTime(time)}>
      {Date.now() - time < DAY_MS ? clockTime(time) : dayTime(time)}
    </time>
  ),
};

const WHAT: Column<ScalingLogRecord> = {
  key: 'what',
  title: 'What',
  width: '104px',
  cell: (record) => {
    const { tone, label } = kindWords(record);
    return <Badge tone={tone}>{label}</Badge>;
  },
};

const SERVICE: Column<ScalingLogRecord> = {
  key: 'service',
  title: 'Service',
  width: 'minmax(90px, 0.6fr)',
  cell: (record) => (
    <Link href={happeningPath(record)} className="ellipsis">
      {record.service}
    </Link>
  ),
};

const COPIES: Column<ScalingLogRecord> = {
  key: 'copies',
  title: 'Copies',
  width: '110px',
  cell: (record) => copiesWords(record) || '–',
};

const WHY: Column<ScalingLogRecord> = {
  key: 'why',
  title: 'Why',
  width: 'minmax(220px, 3fr)',
  cell: (record) => <Sentence text={reasonWords(record)} />,
};

const ABOUT: Column<ScalingLogRecord> = {
  key: 'about',
  title: 'Copy or place',
  width: 'minmax(120px, 1fr)',
  cell: ({ instance, service, backend }) => {
    if (instance === '') return '–';
    if (backend === null) {
      return (
        <span className="mono ellipsis" title={instance}>
          {instance}
        </span>
      );
    }
    return (
      <Link href={servicePath(service, backend)} className="mono ellipsis" title={instance}>
        {instance}
      </Link>
    );
  },
};
