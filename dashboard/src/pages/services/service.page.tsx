import { useState } from 'react';
import { call } from '../../api/api';
import { invalidate, useQuery } from '../../api/query';
import type { Service, ServiceHealth } from '../../api/types';
import { navigate } from '../../app/router';
import { plural } from '../../format/numbers';
import { Badge } from '../../kit/badge';
import { Button } from '../../kit/button';
import { Loaded, Notice } from '../../kit/condition';
import { confirm } from '../../kit/confirmation';
import { Figures } from '../../kit/figures';
import { Page } from '../../kit/page';
import { toast } from '../../kit/toast';
import { useLive, useLiveService } from '../../live/live';
import { LiveBadge, LiveNotice } from '../../live/live-badge';
import { serviceState } from '../../live/states';
import { TrafficCharts } from '../../live/traffic-charts';
import { useServiceHistory } from '../../live/use-service-history';
import type { PageParameters } from '../page-parameters';
import { trafficFigures } from '../overview/total-figures';
import { AddBackendDialog } from './add-backend.dialog';
import { BackendTable } from './backend-table';
import { ServiceFacts } from './service-facts';
import { routesOf } from './services.page';
import { SourceLinks } from './source-links';

/** One service: how it fares, its backends, and what can be done with them. */
export default function ServicePage({ parameters }: PageParameters) {
  useLive();
  const name = parameters['name']!;
  const path = `/api/v1/services/${encodeURIComponent(name)}`;
  const query = useQuery<Service>(path, { everyMs: 5_000 });
  return (
    <Page
      title={name}
      parent={{ href: '/services', title: 'Services' }}
      note={<Summary name={name} service={query.data} />}
      actions={query.data && <Actions service={query.data} path={path} tag={query.tag} />}
    >
      <LiveNotice />
      <Loaded query={query} lines={8}>
        {(service) => <Details service={service} path={path} />}
      </Loaded>
    </Page>
  );
}

function Summary({ name, service }: { name: string; service: Service | undefined }) {
  const live = useLiveService(name);
  const words = live && serviceState(live);
  return (
    <span className="row">
      {words && (
        <Badge tone={words.tone} dot>
          {words.label}
        </Badge>
      )}
      <LiveBadge />
      {service && `${routesOf(service)} · ${service.effective.algorithm.name}`}
      {service && <SourceLinks service={service} />}
    </span>
  );
}

function Details({ service, path }: { service: Service; path: string }) {
  const { name } = service;
  const health = useQuery<ServiceHealth>(`${path}/health`, { everyMs: 3_000 });
  const history = useServiceHistory(name);
  const live = useLiveService(name);
  return (
    <>
      {service.breaker === 'open' && (
        <Notice tone="bad" action={<ReturnAll path={path} name={name} />}>
          The circuit breaker of the service is open: it fails too often, and requests are refused
          (circuit_open) until a trial succeeds.
        </Notice>
      )}
      {live && <Figures entries={trafficFigures(live)} />}
      <TrafficCharts history={history} group={name} />
      <BackendTable service={service} health={health.data} path={path} />
      <ServiceFacts service={service} />
    </>
  );
}

function Actions({ service, path, tag }: { service: Service; path: string; tag: string }) {
  const [isAdding, setAdding] = useState(false);
  const { hosts, paths } = service.effective;
  const asked = new URLSearchParams({ host: hosts[0] ?? '', path: paths[0] ?? '/' });
  return (
    <>
      <Button icon="help" onClick={() => navigate(`/explain?${asked}`)}>
        Explain a request
      </Button>
      <Button icon="plus" look="primary" needs="operator" onClick={() => setAdding(true)}>
        Add a backend
      </Button>
      <Button needs="operator" onClick={() => askToRemove(service, path, tag)}>
        Remove
      </Button>
      {isAdding && <AddBackendDialog path={path} onClose={() => setAdding(false)} />}
    </>
  );
}

function ReturnAll({ path, name }: { path: string; name: string }) {
  const act = async () => {
    await call('POST', `${path}/return`);
    invalidate(path);
    toast(`${name} and its backends take requests again.`);
  };
  const ask = () =>
    confirm({
      title: `Let ${name} return at once?`,
      effect:
        'Closes its circuit breaker and those of its backends, and ends their ejections, at this balancer. What still fails goes out again.',
      verb: 'Let it return',
      act,
    });
  return (
    <Button needs="operator" onClick={ask}>
      Let it return
    </Button>
  );
}

function askToRemove({ name, backends }: Service, path: string, tag: string): void {
  confirm({
    title: `Remove ${name}?`,
    effect: `It and its ${plural(backends.length, 'backend')} are gone: requests for it go to the service that fits next, or are dropped (no_route). What runs finishes. The revision before can be rolled back to.`,
    verb: 'Remove the service',
    isDangerous: true,
    conflict:
      'Somebody changed this service while you decided: close this, look at what is new, and decide again.',
    act: async () => {
      await call('DELETE', path, { ifMatch: tag });
      toast(`${name} was removed.`);
      navigate('/services');
    },
  });
}
