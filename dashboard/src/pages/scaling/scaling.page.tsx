import { useQuery } from '../../api/query';
import type { Scaling, ScalingList } from '../../api/types';
import { Link, navigate } from '../../app/router';
import { plural } from '../../format/numbers';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { Empty, Loaded, Notice } from '../../kit/condition';
import { Page } from '../../kit/page';
import { useLive } from '../../live/live';
import { LiveBadge, LiveNotice } from '../../live/live-badge';
import { scaledPath } from '../page-paths';
import { ScalingLogCard } from './scaling-log-card';
import styles from './scaling.module.css';
import { ScalingTable } from './scaling-table';

const RENEW_MS = 5_000;
const MOST_PROBLEMS = 5;

/** How many copies of services run, what was decided on them, and why. */
export default function ScalingPage() {
  useLive();
  const query = useQuery<ScalingList>('/api/v1/scaling', { everyMs: RENEW_MS });
  return (
    <Page
      title="Scaling"
      note={query.data && `${plural(query.data.items.length, 'service')} whose copies are started and ended`}
      actions={<LiveBadge />}
    >
      <LiveNotice />
      <Loaded query={query} lines={6}>
        {({ items }) => (items.length === 0 ? <NothingScaled /> : <Services services={items} />)}
      </Loaded>
      <ScalingLogCard />
    </Page>
  );
}

function Services({ services }: { services: readonly Scaling[] }) {
  return (
    <>
      <Problems services={services.filter(({ problem }) => problem !== '')} />
      <ScalingTable services={services} />
    </>
  );
}

function Problems({ services }: { services: readonly Scaling[] }) {
  if (services.length === 0) return null;
  const left = services.length - MOST_PROBLEMS;
  return (
    <div className={styles.problems}>
      {services.slice(0, MOST_PROBLEMS).map(({ service, problem }) => (
        <Notice key={service} tone="bad" action={<Link href={scaledPath(service)}>Copies of {service}</Link>}>
          <strong>{service}</strong>: {problem}
        </Notice>
      ))}
      {left > 0 && <Notice tone="bad">{plural(left, 'more service')} with a problem.</Notice>}
    </div>
  );
}

function NothingScaled() {
  return (
    <Card>
      <Empty
        title="No service is scaled"
        icon="scaling"
        action={<Button onClick={() => navigate('/configuration')}>To the configuration</Button>}
      >
        A service with <code>scaling</code> has its copies started and ended by the balancer, as the load asks
        for it: as processes, containers, a Deployment of Kubernetes, or by a program of yours. What starts
        them has to be named under <code>drivers</code> in the configuration file.
      </Empty>
    </Card>
  );
}
