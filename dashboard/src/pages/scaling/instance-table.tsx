import { useMemo } from 'react';
import type { Scaling, ScalingInstance } from '../../api/types';
import { useNow } from '../../app/now';
import { Link } from '../../app/router';
import { percent, plural } from '../../format/numbers';
import { fullTime, relative } from '../../format/times';
import { Badge } from '../../kit/badge';
import { Card } from '../../kit/card';
import { Sentence, TwoLined } from '../../kit/cells';
import { Empty } from '../../kit/condition';
import { type Column, Table } from '../../kit/table';
import { servicePath } from '../page-paths';
import { instanceState } from './scaling-words';

/** The copies that there are. */
export function InstanceTable({ scaling: { service, instances, state, desired } }: { scaling: Scaling }) {
  const columns = useMemo(() => columnsOf(service), [service]);
  return (
    <Card title="Copies" note={plural(instances.length, 'copy', 'copies')} flush>
      <Table
        label={`Copies of ${service}`}
        columns={columns}
        rows={instances}
        rowKey={({ id }) => id}
        rowHeight={52}
        empty={
          <Empty title={state === 'active' ? 'No copies' : 'Not shown here'} icon="scaling">
            {emptyWords(state, desired)}
          </Empty>
        }
      />
    </Card>
  );
}

function emptyWords(state: Scaling['state'], desired: number): string {
  if (state === 'off') return 'Nothing is started while the driver cannot be used.';
  if (state === 'standby') return 'The balancer that decides shows them.';
  return desired === 0
    ? 'The service sleeps: the first request starts one, and waits for it (queue.hold).'
    : 'None is there yet. What keeps them from starting is said above and in the log below.';
}

function columnsOf(service: string): readonly Column<ScalingInstance>[] {
  return [
    {
      key: 'id',
      title: 'Copy',
      width: 'minmax(130px, 1fr)',
      sort: ({ id }) => id,
      cell: ({ id }) => (
        <span className="mono ellipsis" title={id}>
          {id}
        </span>
      ),
    },
    {
      key: 'backend',
      title: 'Backend',
      width: 'minmax(180px, 1.2fr)',
      sort: ({ url }) => url ?? '',
      cell: (instance) => <Backend service={service} instance={instance} />,
    },
    {
      key: 'state',
      title: 'State',
      width: '108px',
      sort: (instance) => instanceState(instance).label,
      cell: (instance) => {
        const { tone, label } = instanceState(instance);
        return (
          <Badge tone={tone} dot>
            {label}
          </Badge>
        );
      },
    },
    {
      key: 'started',
      title: 'Started',
      width: '124px',
      sort: ({ startedAt }) => startedAt,
      cell: ({ startedAt }) => <Started at={startedAt} />,
    },
    {
      key: 'cpu',
      title: 'CPU',
      width: '70px',
      isNumber: true,
      sort: ({ cpu }) => cpu ?? -1,
      cell: ({ cpu }) => (cpu === null ? '–' : percent(cpu)),
    },
    {
      key: 'detail',
      title: 'Detail',
      width: 'minmax(160px, 2fr)',
      cell: ({ detail, isDraining }) => {
        const text = detail || (isDraining ? 'takes nothing new, and is ended when it is empty' : '');
        return <Sentence text={text} />;
      },
    },
  ];
}

function Backend({ service, instance: { url, backend } }: { service: string; instance: ScalingInstance }) {
  if (url === null) return <span className="muted">not known yet</span>;
  if (backend === null) {
    return (
      <TwoLined>
        <span className="mono ellipsis" title={url}>
          {url}
        </span>
        <small>no backend yet</small>
      </TwoLined>
    );
  }
  return (
    <Link href={servicePath(service, backend)} className="mono ellipsis" title={url}>
      {url}
    </Link>
  );
}

function Started({ at }: { at: number }) {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>
      {relative(at, now)}
    </time>
  );
}
