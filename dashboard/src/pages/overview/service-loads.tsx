import { useMemo, useState } from 'react';
import { useInterval } from '../../api/query';
import { navigate } from '../../app/router';
import { count, milliseconds, rate } from '../../format/numbers';
import { Badge } from '../../kit/badge';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { Empty } from '../../kit/condition';
import { type Column, Table } from '../../kit/table';
import { overview, useLiveService, useOverview } from '../../live/live';
import { LoadStrip } from '../../live/load-strip';
import type { LiveService } from '../../live/overview.types';
import { rankOf, serviceState } from '../../live/states';
import { servicePath } from '../page-paths';

/** Often enough to be right, seldom enough to be read. */
const REORDER_MS = 5_000;

/** A row per service, a bar per backend. Each row follows its own service. */
export function ServiceLoads() {
  const names = useNames();
  return (
    <Card title="Services" note={`${count(names.length)}, each bar a backend`} flush>
      <Table
        label="Services and their load"
        rows={names}
        rowKey={(name) => name}
        columns={LIVE_COLUMNS}
        initialSort={{ key: 'state', isDown: false }}
        onOpen={(name) => navigate(servicePath(name))}
        empty={
          <Empty
            title="No services yet"
            icon="services"
            action={
              <Button look="primary" onClick={() => navigate('/services')}>
                To the services
              </Button>
            }
          >
            A service is an application behind the balancer: its hosts, its paths and its backends.
          </Empty>
        }
      />
    </Card>
  );
}

/** A new list when a service comes or goes, and from time to time so that it is sorted anew. */
function useNames(): readonly string[] {
  const [round, setRound] = useState(0);
  useInterval(() => setRound(round + 1), REORDER_MS);
  const now = useOverview();
  const text = Object.keys(now?.services ?? {}).join('\n');
  // oxlint-disable-next-line react/exhaustive-deps -- each round makes a new list
  return useMemo(() => (text === '' ? [] : text.split('\n')), [text, round]);
}

const liveOf = (name: string) => overview.get()?.services[name];

/** Columns of rows that are names of services, and show these live. */
export const LIVE_COLUMNS: readonly Column<string>[] = [
  {
    key: 'name',
    title: 'Service',
    width: 'minmax(110px, 1.2fr)',
    sort: (name) => name,
    cell: (name) => (
      <strong className="ellipsis" title={name}>
        {name}
      </strong>
    ),
  },
  {
    key: 'state',
    title: 'State',
    width: '128px',
    sort: (name) => rankOf(liveOf(name)),
    cell: (name) => <Part name={name} show={(service) => <State service={service} />} />,
  },
  {
    key: 'load',
    title: 'Load',
    width: 'minmax(90px, 2fr)',
    cell: (name) => <Part name={name} show={(service) => <LoadStrip service={service} />} />,
  },
  {
    key: 'requests',
    title: 'Req/s',
    width: '62px',
    isNumber: true,
    sort: (name) => liveOf(name)?.requests ?? 0,
    cell: (name) => <Part name={name} show={({ requests }) => rate(requests)} />,
  },
  {
    key: 'p99',
    title: 'p99',
    width: '76px',
    isNumber: true,
    sort: (name) => liveOf(name)?.latency.p99Us ?? 0,
    cell: (name) => (
      <Part
        name={name}
        show={({ latency }) => (latency.count === 0 ? '–' : milliseconds(latency.p99Us / 1000))}
      />
    ),
  },
  {
    key: 'errors',
    title: 'Errors/s',
    width: '70px',
    isNumber: true,
    sort: (name) => liveOf(name)?.errors ?? 0,
    cell: (name) => <Part name={name} show={({ errors }) => rate(errors)} />,
  },
  {
    key: 'flight',
    title: 'In flight',
    width: '70px',
    isNumber: true,
    sort: (name) => liveOf(name)?.inFlight ?? 0,
    cell: (name) => <Part name={name} show={({ inFlight }) => count(inFlight)} />,
  },
];

function Part({ name, show }: { name: string; show: (service: LiveService) => React.ReactNode }) {
  const service = useLiveService(name);
  return service === undefined ? '–' : show(service);
}

function State({ service }: { service: LiveService }) {
  const { tone, label } = serviceState(service);
  const all = Object.keys(service.backends).length;
  return (
    <>
      <Badge tone={tone} dot>
        {label}
      </Badge>
      <span className="muted">
        {service.available}/{all}
      </span>
    </>
  );
}
