import { useMemo, useState } from 'react';
import { apiErrorOf, call } from '../../api/api';
import { invalidate } from '../../api/query';
import type { Backend, Service, ServiceHealth } from '../../api/types';
import { useQueryParameter } from '../../app/router';
import { count, plural } from '../../format/numbers';
import { Card } from '../../kit/card';
import { Empty } from '../../kit/condition';
import type { MenuItem } from '../../kit/menu';
import { Table } from '../../kit/table';
import { toast } from '../../kit/toast';
import { askToChange, askToRemove } from './backend.changes';
import { backendColumns } from './backend.columns';
import { BackendDialog } from './backend.dialog';
import { type KnownBackend, useKnownBackends } from './known-backend';
import { WeightDialog } from './weight.dialog';

interface BackendTableProps {
  readonly service: Service;
  readonly health: ServiceHealth | undefined;
  /** Of the service, in the API. */
  readonly path: string;
}

export function BackendTable({ service, health, path }: BackendTableProps) {
  // In the address, so that other pages lead to one backend.
  const [opened, setOpened] = useQueryParameter('backend');
  const [weighed, setWeighed] = useState<Backend | null>(null);
  const rows = useKnownBackends(service, health);
  const columns = useMemo(
    () => backendColumns((known) => itemsOf(known, path, setOpened, setWeighed)),
    [path, setOpened],
  );
  const shown = rows.find(({ backend }) => backend.id === opened);
  const out = rows.filter(({ backend }) => backend.state === 'enabled' && !backend.available).length;
  return (
    <Card
      title="Backends"
      note={`${plural(rows.length, 'backend')}${out > 0 ? `, ${count(out)} out against your will` : ''}`}
      flush
    >
      <Table
        label={`Backends of ${service.name}`}
        columns={columns}
        rows={rows}
        rowKey={({ backend }) => backend.id}
        rowHeight={52}
        onOpen={({ backend }) => setOpened(backend.id)}
        empty={
          <Empty title="No backends yet" icon="services">
            Add one: until then all requests are dropped (no_backend).
          </Empty>
        }
      />
      {shown && <BackendDialog known={shown} onClose={() => setOpened('')} />}
      {weighed && (
        <WeightDialog backend={weighed} service={service} path={path} onClose={() => setWeighed(null)} />
      )}
    </Card>
  );
}

function itemsOf(
  { backend, live }: KnownBackend,
  path: string,
  open: (id: string) => void,
  weigh: (backend: Backend) => void,
): readonly MenuItem[] {
  const isOut = live?.ejected || backend.ejectedUntil !== null || backend.breaker !== 'closed';
  const change = (label: string, state: Backend['state']): MenuItem => ({
    label,
    needs: 'operator',
    onSelect: () => askToChange(backend, path, state),
  });
  return [
    { label: 'Details', onSelect: () => open(backend.id) },
    ...(backend.state === 'enabled' ? [] : [change('Enable', 'enabled')]),
    ...(backend.state === 'enabled' ? [change('Drain', 'draining')] : []),
    ...(backend.state === 'disabled' ? [] : [change('Disable', 'disabled')]),
    ...(isOut
      ? [
          {
            label: 'Let it return now',
            needs: 'operator' as const,
            onSelect: () => void letReturn(backend, path),
          },
        ]
      : []),
    { label: 'Change weight', needs: 'operator', onSelect: () => weigh(backend) },
    { label: 'Remove', needs: 'operator', isDangerous: true, onSelect: () => askToRemove(backend, path) },
  ];
}

async function letReturn(backend: Backend, path: string): Promise<void> {
  try {
    await call('POST', `${path}/backends/${backend.id}/return`);
    invalidate(path);
    toast(`${backend.url} takes requests again.`);
  } catch (error) {
    toast(apiErrorOf(error).message, 'bad');
  }
}
