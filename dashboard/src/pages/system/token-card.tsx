import { useState } from 'react';
import { call } from '../../api/api';
import { invalidate, useQuery } from '../../api/query';
import type { Token } from '../../api/types';
import { useNow } from '../../app/now';
import { plural } from '../../format/numbers';
import { fullTime, relative } from '../../format/times';
import { Badge, type Tone } from '../../kit/badge';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { Empty, Loaded } from '../../kit/condition';
import { confirm } from '../../kit/confirmation';
import { type Column, Table } from '../../kit/table';
import { toast } from '../../kit/toast';
import { TokenDialog } from './token.dialog';

const PATH = '/api/v1/tokens';
const TONES: Readonly<Record<Token['role'], Tone>> = { viewer: 'calm', operator: 'accent', admin: 'warn' };

/** Who may use the API and this dashboard. Only for admins. */
export function TokenCard() {
  const query = useQuery<{ items: readonly Token[] }>(PATH, { everyMs: 15_000 });
  const [isMaking, setMaking] = useState(false);
  return (
    <Card
      title="Tokens"
      note={query.data && plural(query.data.items.length, 'token')}
      actions={
        <Button icon="plus" needs="admin" onClick={() => setMaking(true)}>
          Make a token
        </Button>
      }
      flush
    >
      <Loaded query={query}>
        {({ items }) => (
          <Table
            label="Tokens"
            rows={items}
            rowKey={({ id }) => id}
            columns={COLUMNS}
            empty={
              <Empty title="No tokens yet" icon="system">
                Make one for each person and program: changes are then in their name. The token of the file
                stays valid.
              </Empty>
            }
          />
        )}
      </Loaded>
      {isMaking && <TokenDialog onClose={() => setMaking(false)} />}
    </Card>
  );
}

const COLUMNS: readonly Column<Token>[] = [
  {
    key: 'name',
    title: 'Name',
    width: 'minmax(130px, 1fr)',
    sort: ({ name }) => name,
    cell: ({ name }) => <strong className="ellipsis">{name}</strong>,
  },
  {
    key: 'role',
    title: 'Role',
    width: '100px',
    sort: ({ role }) => role,
    cell: ({ role }) => <Badge tone={TONES[role]}>{role}</Badge>,
  },
  { key: 'id', title: 'Id', width: '120px', cell: ({ id }) => <code>{id}</code> },
  {
    key: 'used',
    title: 'Last used',
    width: '120px',
    sort: ({ lastUsedAt }) => lastUsedAt ?? 0,
    cell: ({ lastUsedAt }) => <Moment at={lastUsedAt} without="never" />,
  },
  {
    key: 'expires',
    title: 'Expires',
    width: '120px',
    sort: ({ expiresAt }) => expiresAt ?? Number.MAX_SAFE_INTEGER,
    cell: ({ expiresAt }) => <Moment at={expiresAt} without="never" />,
  },
  {
    key: 'made',
    title: 'Made',
    width: 'minmax(180px, 1fr)',
    cell: ({ createdAt, createdBy }) => (
      <span className="ellipsis" title={createdBy}>
        {fullTime(createdAt)}, {createdBy}
      </span>
    ),
  },
  {
    key: 'actions',
    title: 'Actions',
    quietTitle: true,
    width: '90px',
    cell: (token) => (
      <Button
        look="quiet"
        needs="admin"
        aria-label={`Revoke ${token.name}`}
        onClick={() => askToRevoke(token)}
      >
        Revoke
      </Button>
    ),
  },
];

function Moment({ at, without }: { at: number | null; without: string }) {
  const now = useNow();
  return at === null ? without : <span title={fullTime(at)}>{relative(at, now)}</span>;
}

function askToRevoke({ id, name }: Token): void {
  confirm({
    title: `Revoke ${name}?`,
    effect:
      'Whoever uses it is refused at once here, and within two seconds at other balancers of the same store. It cannot be brought back.',
    verb: 'Revoke',
    isDangerous: true,
    act: async () => {
      await call('DELETE', `${PATH}/${id}`);
      invalidate(PATH);
      toast(`${name} is not accepted any more.`);
    },
  });
}
