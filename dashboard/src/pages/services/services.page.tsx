import { useDeferredValue, useMemo, useState } from 'react';
import { useQuery } from '../../api/query';
import type { Service } from '../../api/types';
import { navigate, useQueryParameter } from '../../app/router';
import { plural } from '../../format/numbers';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { Empty, Loaded } from '../../kit/condition';
import { Input, Select } from '../../kit/field';
import { Page } from '../../kit/page';
import { type Column, Table } from '../../kit/table';
import { overview, useLive } from '../../live/live';
import { LiveBadge, LiveNotice } from '../../live/live-badge';
import { serviceState } from '../../live/states';
import { LIVE_COLUMNS } from '../overview/service-loads';
import { AddServiceDialog } from './add-service.dialog';
import { servicePath } from '../page-paths';
import styles from './services.module.css';

/** All services, and a new one. */
export default function ServicesPage() {
  useLive();
  const query = useQuery<readonly Service[]>('/api/v1/services?limit=200', { all: true, everyMs: 30_000 });
  const [isAdding, setAdding] = useState(false);
  const add = (
    <Button look="primary" icon="plus" needs="operator" onClick={() => setAdding(true)}>
      Add a service
    </Button>
  );
  return (
    <Page
      title="Services"
      note={query.data && plural(query.data.length, 'service')}
      actions={
        <>
          <LiveBadge />
          <Button icon="help" onClick={() => navigate('/explain')}>
            Explain a request
          </Button>
          {add}
        </>
      }
    >
      <LiveNotice />
      <Loaded query={query} lines={8}>
        {(services) =>
          services.length === 0 ? (
            <Card>
              <Empty title="No services yet" icon="services" action={add}>
                A service is an application behind the balancer: its hosts, its paths and its backends. Add
                one here, in the configuration file, or with <code>velocity apply</code>.
              </Empty>
            </Card>
          ) : (
            <ServiceTable services={services} />
          )
        }
      </Loaded>
      {isAdding && <AddServiceDialog onClose={() => setAdding(false)} />}
    </Page>
  );
}

function ServiceTable({ services }: { services: readonly Service[] }) {
  const [text, setText] = useQueryParameter('search');
  const [state, setState] = useQueryParameter('state');
  const wanted = useDeferredValue(text.toLowerCase());
  const definitions = useMemo(() => new Map(services.map((service) => [service.name, service])), [services]);
  const columns = useMemo(() => columnsOf(definitions), [definitions]);
  const names = useMemo(
    () => services.filter((service) => fits(service, wanted, state)).map(({ name }) => name),
    [services, wanted, state],
  );
  return (
    <Card flush>
      <div className={styles.filters}>
        <Input
          label="Search"
          quietLabel
          type="search"
          placeholder="Name, host, path or backend"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Select label="State" quietLabel value={state} onChange={(event) => setState(event.target.value)}>
          <option value="">Any state</option>
          <option value="trouble">With trouble</option>
          <option value="Serving">Serving</option>
          <option value="Degraded">Degraded</option>
          <option value="Down">Down</option>
        </Select>
      </div>
      <Table
        label="Services"
        columns={columns}
        rows={names}
        rowKey={(name) => name}
        initialSort={{ key: 'name', isDown: false }}
        onOpen={(name) => navigate(servicePath(name))}
        empty={
          <Empty title="None fits" icon="search">
            No service has what you look for.
          </Empty>
        }
      />
    </Card>
  );
}

function columnsOf(definitions: ReadonlyMap<string, Service>): readonly Column<string>[] {
  const [name, ...live] = LIVE_COLUMNS;
  return [
    name!,
    {
      key: 'routes',
      title: 'Serves',
      width: 'minmax(140px, 1.4fr)',
      sort: (service) => routesOf(definitions.get(service)),
      cell: (service) => {
        const routes = routesOf(definitions.get(service));
        return (
          <span className="ellipsis muted" title={routes}>
            {routes}
          </span>
        );
      },
    },
    ...live,
  ];
}

/** `shop.test, www.shop.test /cart`. */
export function routesOf(service: Service | undefined): string {
  if (service === undefined) return '';
  const { hosts, paths } = service.effective;
  const places = paths.filter((path) => path !== '/');
  return [hosts.length === 0 ? 'any host' : hosts.join(', '), ...places].join(' ');
}

function fits(service: Service, text: string, state: string): boolean {
  const live = overview.get()?.services[service.name];
  const words = live ? serviceState(live) : null;
  if (state === 'trouble' && words?.tone === 'good') return false;
  if (state !== '' && state !== 'trouble' && words?.label !== state) return false;
  if (text === '') return true;
  const all = [service.name, routesOf(service), ...service.backends.map(({ url }) => url)];
  return all.some((one) => one.toLowerCase().includes(text));
}
