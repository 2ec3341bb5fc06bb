import { useMemo, useState } from 'react';
import { call, problemAt } from '../../api/api';
import { useOlder } from '../../api/older';
import { invalidate, useQuery } from '../../api/query';
import type { Ban, Page as ListPage } from '../../api/types';
import { useNow } from '../../app/now';
import { usePermission } from '../../app/session';
import { fullTime, relative } from '../../format/times';
import { Badge } from '../../kit/badge';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { TwoLined } from '../../kit/cells';
import { Empty, Failure, Notice, Skeleton } from '../../kit/condition';
import { confirm } from '../../kit/confirmation';
import { Input, Select } from '../../kit/field';
import { Menu } from '../../kit/menu';
import { type Column, Table } from '../../kit/table';
import { toast } from '../../kit/toast';
import { BanDialog } from './ban.dialog';
import styles from './protection.module.css';

/** Who is banned, searched by address; made and lifted here. */
export function BanCard() {
  const [address, setAddress] = useState('');
  const [origin, setOrigin] = useState('');
  const [isBanning, setBanning] = useState(false);
  const path = pathOf(address.trim(), origin);
  const query = useQuery<ListPage<Ban>>(path, { everyMs: 5_000 });
  const older = useOlder<Ban>(path, query.data?.next ?? null);
  const wrong = problemAt(query.error, 'address');
  const isNarrowed = address.trim() !== '' || origin !== '';
  return (
    <Card
      title="Bans"
      note="that apply now, newest first"
      actions={
        <Button icon="plus" look="primary" needs="operator" onClick={() => setBanning(true)}>
          Ban
        </Button>
      }
      flush
    >
      <div className={styles.search} role="search" aria-label="Bans">
        <Input
          label="Address or network"
          quietLabel
          placeholder="Holding 203.0.113.7"
          value={address}
          error={wrong}
          onChange={(event) => setAddress(event.target.value)}
        />
        <Select label="Made by" quietLabel value={origin} onChange={(event) => setOrigin(event.target.value)}>
          <option value="">by anybody</option>
          <option value="api">by people</option>
          <option value="rule">by rules</option>
        </Select>
      </div>
      {query.data ? (
        <BanTable bans={[...query.data.items, ...older.items]} isNarrowed={isNarrowed} />
      ) : query.error ? (
        !wrong && <Failure error={query.error} retry={query.reload} />
      ) : (
        <Skeleton />
      )}
      {older.error && <Notice tone="bad">{older.error}</Notice>}
      {older.next !== null && (
        <div className={styles.older}>
          <Button isBusy={older.isBusy} onClick={older.load}>
            Older ones
          </Button>
        </div>
      )}
      {isBanning && <BanDialog address={address.trim()} onClose={() => setBanning(false)} />}
    </Card>
  );
}

function BanTable({ bans, isNarrowed }: { bans: readonly Ban[]; isNarrowed: boolean }) {
  const { isAllowed } = usePermission('operator');
  const columns = useMemo(() => columnsOf(isAllowed), [isAllowed]);
  return (
    <Table
      label="Bans"
      rows={bans}
      rowKey={({ id }) => id}
      columns={columns}
      rowHeight={52}
      empty={
        <Empty title={isNarrowed ? 'None fits' : 'Nobody is banned'} icon="protection">
          {isNarrowed
            ? 'No ban holds that. A list may: check the address.'
            : 'A ban keeps an address or a network out for a time. Rules of the configuration can make them, too.'}
        </Empty>
      }
    />
  );
}

function pathOf(address: string, origin: string): string {
  const query = new URLSearchParams({ limit: '100' });
  if (address !== '') query.set('address', address);
  if (origin !== '') query.set('origin', origin);
  return `/api/v1/bans?${query}`;
}

function columnsOf(mayLift: boolean): readonly Column<Ban>[] {
  return [
    {
      key: 'cidr',
      title: 'Network',
      width: 'minmax(130px, 1fr)',
      sort: ({ cidr }) => cidr,
      cell: ({ cidr }) => (
        <code className="ellipsis" title={cidr}>
          {cidr}
        </code>
      ),
    },
    { key: 'state', title: 'Does', width: '104px', cell: (ban) => <State ban={ban} /> },
    {
      key: 'until',
      title: 'Until',
      width: '120px',
      sort: ({ expiresAt }) => expiresAt ?? Number.MAX_SAFE_INTEGER,
      cell: ({ expiresAt }) => <Until expiresAt={expiresAt} />,
    },
    {
      key: 'why',
      title: 'Why, and by whom',
      width: 'minmax(150px, 1.6fr)',
      cell: ({ note, author, origin, rule, createdAt, offences }) => (
        <TwoLined title={note}>
          <span className="ellipsis">{note || '–'}</span>
          <small className="ellipsis">
            {origin === 'rule' ? `rule ${rule}` : author}
            {offences > 1 && `, ${offences} times`}, {fullTime(createdAt)}
          </small>
        </TwoLined>
      ),
    },
    {
      key: 'actions',
      title: 'Actions',
      quietTitle: true,
      width: '52px',
      cell: (ban) => (
        <Menu
          label={`Actions for ${ban.cidr}`}
          items={[
            {
              label: 'Lift',
              needs: 'operator',
              isDangerous: mayLift,
              onSelect: () => askToLift(ban),
            },
          ]}
        />
      ),
    },
  ];
}

function State({ ban: { shadow, isStored } }: { ban: Ban }) {
  if (!isStored)
    return (
      <Badge tone="warn" title="The store is away: it applies at this balancer.">
        not stored
      </Badge>
    );
  return shadow ? (
    <Badge title="Nobody is kept out; it is logged and counted.">shadow</Badge>
  ) : (
    <Badge tone="bad">keeps out</Badge>
  );
}

function Until({ expiresAt }: { expiresAt: number | null }) {
  const now = useNow();
  if (expiresAt === null) return 'lifted';
  return <span title={fullTime(expiresAt)}>{relative(expiresAt, now)}</span>;
}

function askToLift({ id, cidr, origin }: Ban): void {
  confirm({
    title: `Lift the ban of ${cidr}?`,
    effect: `Its requests are served again at once here, and within two seconds at other balancers of the same store.${origin === 'rule' ? ' The rule may ban it again.' : ''}`,
    verb: 'Lift',
    act: async () => {
      await call('DELETE', `/api/v1/bans/${encodeURIComponent(id)}`);
      invalidate('/api/v1/bans');
      invalidate('/api/v1/status');
      toast(`${cidr} is not banned any more.`);
    },
  });
}
