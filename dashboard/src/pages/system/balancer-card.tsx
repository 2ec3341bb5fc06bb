import { useQuery } from '../../api/query';
import type { BalancerList } from '../../api/types';
import { useNow } from '../../app/now';
import { count, plural } from '../../format/numbers';
import { duration, relative } from '../../format/times';
import { Badge } from '../../kit/badge';
import { Card } from '../../kit/card';
import { Loaded } from '../../kit/condition';
import { type Column, Table } from '../../kit/table';

type Balancer = BalancerList['items'][number];

/** Every balancer on the same store that was seen in the last ten seconds. */
export function BalancerCard() {
  const query = useQuery<BalancerList>('/api/v1/balancers', { everyMs: 5_000 });
  return (
    <Card
      title="Balancers of this store"
      note={query.data && plural(query.data.items.length, 'balancer')}
      flush
    >
      <Loaded query={query}>
        {({ items }) => <Table label="Balancers" rows={items} rowKey={({ id }) => id} columns={COLUMNS} />}
      </Loaded>
    </Card>
  );
}

const COLUMNS: readonly Column<Balancer>[] = [
  {
    key: 'host',
    title: 'Host',
    width: 'minmax(130px, 1fr)',
    cell: ({ host, pid, self }) => (
      <>
        <span className="ellipsis" title={`${host}, process ${pid}`}>
          {host}
        </span>
        {self && <Badge tone="accent">this one</Badge>}
      </>
    ),
  },
  { key: 'pid', title: 'Process', width: '84px', isNumber: true, cell: ({ pid }) => pid },
  { key: 'version', title: 'Version', width: '90px', cell: ({ version }) => version },
  { key: 'up', title: 'Up', width: '110px', cell: ({ startedAt }) => <Up since={startedAt} /> },
  {
    key: 'revision',
    title: 'Revision',
    width: '84px',
    isNumber: true,
    cell: ({ revision }) => count(revision),
  },
  {
    key: 'generation',
    title: 'Generation',
    width: '96px',
    isNumber: true,
    cell: ({ generation }) => count(generation),
  },
  {
    key: 'leases',
    title: 'Does alone',
    width: 'minmax(110px, 1fr)',
    cell: ({ leases }) => (
      <span className="ellipsis" title={leases.join(', ')}>
        {leases.join(', ') || '–'}
      </span>
    ),
  },
  { key: 'seen', title: 'Seen', width: '90px', cell: ({ seenAt }) => <Seen at={seenAt} /> },
];

function Up({ since }: { since: number }) {
  return duration(useNow() - since);
}

function Seen({ at }: { at: number }) {
  const now = useNow();
  // By the clock of the store, which may be ahead of ours.
  return relative(Math.min(at, now), now);
}
