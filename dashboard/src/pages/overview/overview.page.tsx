import { Link } from '../../app/router';
import { duration } from '../../format/times';
import { Notice, Skeleton } from '../../kit/condition';
import { Page } from '../../kit/page';
import { totals, useLive, useOverview } from '../../live/live';
import { LiveBadge, LiveNotice } from '../../live/live-badge';
import { TrafficCharts } from '../../live/traffic-charts';
import { ChangeList } from './change-list';
import { DropList } from './drop-list';
import styles from './overview.module.css';
import { ServiceLoads } from './service-loads';
import { TotalFigures } from './total-figures';

/** How the balancer fares, each second. */
export default function OverviewPage() {
  useLive();
  const isKnown = useOverview() !== null;
  return (
    <Page title="Overview" note={<Balancer />} actions={<LiveBadge />}>
      <LiveNotice />
      <Warnings />
      {isKnown ? <Live /> : <Skeleton lines={9} label="Waiting for the balancer" />}
    </Page>
  );
}

function Live() {
  return (
    <>
      <TotalFigures />
      <Charts />
      <div className={styles.split}>
        <ServiceLoads />
        <div className="stack">
          <DropList />
          <ChangeList />
        </div>
      </div>
    </>
  );
}

function Charts() {
  useOverview();
  return <TrafficCharts history={totals} group="overview" />;
}

function Balancer() {
  const now = useOverview();
  if (now === null) return 'Asking the balancer …';
  return (
    <>
      Velocity {now.version} · up {duration(now.time - now.startedAt)} · revision {now.revision}
    </>
  );
}

/** What is wrong with the balancer itself. */
function Warnings() {
  const now = useOverview();
  if (now === null) return null;
  return (
    <>
      {now.configError && (
        <Notice tone="bad">The configuration file as it is now does not run: {now.configError}</Notice>
      )}
      {now.store.state !== 'connected' && (
        <Notice tone="warn">
          The store is {now.store.state}: traffic goes on, changes have to wait. {now.store.error}{' '}
          <Link href="/system">System</Link>
        </Notice>
      )}
    </>
  );
}
