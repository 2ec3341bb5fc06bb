import { useNow } from '../../app/now';
import { navigate } from '../../app/router';
import type { Scaling } from '../../api/types';
import { count } from '../../format/numbers';
import { relative } from '../../format/times';
import { Badge } from '../../kit/badge';
import { Card } from '../../kit/card';
import { TwoLined } from '../../kit/cells';
import { type Column, Table } from '../../kit/table';
import { scaledPath } from '../page-paths';
import { boundsWords, copiesWords, scalingState, STATE_MEANINGS } from './scaling-words';
import styles from './scaling.module.css';

/** A row per service. */
export function ScalingTable({ services }: { services: readonly Scaling[] }) {
  return (
    <Card title="Services" note="how many copies of each run, and why" flush>
      <Table
        label="Scaled services"
        columns={COLUMNS}
        rows={services}
        rowKey={({ service }) => service}
        rowHeight={56}
        onOpen={({ service }) => navigate(scaledPath(service))}
      />
    </Card>
  );
}

const COLUMNS: readonly Column<Scaling>[] = [
  {
    key: 'service',
    title: 'Service',
    width: 'minmax(110px, 1fr)',
    sort: ({ service }) => service,
    cell: ({ service, driver }) => (
      <TwoLined>
        <strong className="ellipsis" title={service}>
          {service}
        </strong>
        <small>{driver} driver</small>
      </TwoLined>
    ),
  },
  {
    key: 'state',
    title: 'State',
    width: 'minmax(150px, 1.4fr)',
    sort: ({ state, problem }) => (problem === '' ? state : ''),
    cell: (scaling) => <State scaling={scaling} />,
  },
  {
    key: 'copies',
    title: 'Between',
    width: 'minmax(120px, 1fr)',
    sort: ({ max }) => max,
    cell: (scaling) => <Copies scaling={scaling} />,
  },
  {
    key: 'current',
    title: 'Copies',
    width: '70px',
    isNumber: true,
    sort: ({ current }) => current,
    cell: ({ current }) => count(current),
  },
  {
    key: 'ready',
    title: 'Ready',
    width: '66px',
    isNumber: true,
    sort: ({ ready }) => ready,
    cell: ({ ready }) => count(ready),
  },
  {
    key: 'wanted',
    title: 'Wanted',
    width: '74px',
    isNumber: true,
    sort: ({ desired }) => desired,
    cell: ({ desired }) => count(desired),
  },
  {
    key: 'decision',
    title: 'Latest decision',
    width: 'minmax(240px, 3fr)',
    cell: ({ decision }) =>
      decision === null ? <span className="muted">none here yet</span> : <Decision decision={decision} />,
  },
];

function State({ scaling }: { scaling: Scaling }) {
  const { tone, label } = scalingState(scaling);
  const { problem, state } = scaling;
  return (
    <TwoLined>
      <span>
        <Badge tone={tone} dot title={STATE_MEANINGS[state]}>
          {label}
        </Badge>
      </span>
      {problem !== '' && (
        <small data-tone="bad" title={problem}>
          {problem}
        </small>
      )}
    </TwoLined>
  );
}

/** What is there and what is wanted, as shares of the most that there may be. */
function Copies({ scaling }: { scaling: Scaling }) {
  const { current, desired, max } = scaling;
  const share = (copies: number) => ({ transform: `scaleX(${max === 0 ? 0 : Math.min(1, copies / max)})` });
  const words = boundsWords(scaling);
  return (
    <span className={styles.copies} title={words}>
      <i className={styles.track} />
      <i className={styles.wanted} style={share(desired)} />
      <i className={styles.there} style={share(current)} />
      <span className="ellipsis">{words}</span>
    </span>
  );
}

function Decision({ decision }: { decision: NonNullable<Scaling['decision']> }) {
  const now = useNow();
  const { reason, time } = decision;
  return (
    <TwoLined>
      <span className="ellipsis" title={reason}>
        {reason}
      </span>
      <small>
        {copiesWords({ kind: 'decision', ...decision })} · {relative(time, now)}
      </small>
    </TwoLined>
  );
}
