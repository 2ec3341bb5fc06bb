import { useQuery } from '../../api/query';
import type { Status } from '../../api/types';
import { usePermission } from '../../app/session';
import { bytes, count, plural } from '../../format/numbers';
import { duration, fullTime } from '../../format/times';
import { Loaded, Notice } from '../../kit/condition';
import { Figures } from '../../kit/figures';
import { Page } from '../../kit/page';
import { BalancerCard } from './balancer-card';
import { LimitCard, ListenerCard, StoreCard } from './part-cards';
import { SpoolCard } from './spool-card';
import styles from './system.module.css';
import { TokenCard } from './token-card';
import { WorkerCard } from './worker-card';

/** The balancer itself: its process, workers, store, logs, and those it shares the store with. */
export default function SystemPage() {
  const query = useQuery<Status>('/api/v1/status', { everyMs: 2_000 });
  const { isAllowed } = usePermission('admin');
  return (
    <Page
      title="System"
      note={query.data && `Velocity ${query.data.version}, since ${fullTime(query.data.startedAt)}`}
    >
      <Loaded query={query} lines={10}>
        {(status) => (
          <>
            <Warnings status={status} />
            <Numbers status={status} />
            <WorkerCard status={status} />
            <div className={styles.grid}>
              <SpoolCard accessLog={status.accessLog} />
              <div className="stack">
                <StoreCard status={status} />
                <ListenerCard status={status} />
                <LimitCard limits={status.sharedLimits} />
              </div>
            </div>
          </>
        )}
      </Loaded>
      <BalancerCard />
      {isAllowed && <TokenCard />}
    </Page>
  );
}

function Numbers({ status }: { status: Status }) {
  const { workers, store, accessLog } = status;
  const listening = workers.filter(({ state }) => state === 'listening').length;
  const restarts = workers.reduce((sum, worker) => sum + worker.restarts, 0);
  return (
    <Figures
      entries={[
        { label: 'Up', value: duration(status.uptimeMs), note: `version ${status.version}` },
        {
          label: 'Workers listening',
          value: `${listening} of ${workers.length}`,
          note: plural(restarts, 'restart'),
          tone: listening < workers.length ? 'bad' : undefined,
        },
        { label: 'Revision', value: count(status.revision), note: `generation ${count(status.generation)}` },
        {
          label: 'Store',
          value: store.state,
          note: store.driver,
          tone: store.state === 'connected' ? undefined : 'warn',
        },
        {
          label: 'Memory',
          value: bytes(status.memory.residentBytes),
          note: `${bytes(status.memory.heapBytes)} heap`,
        },
        {
          label: 'Spool',
          value: bytes(accessLog.spooledBytes),
          note:
            accessLog.lost > 0
              ? `${plural(accessLog.lost, 'record')} lost`
              : `${count(accessLog.buffered)} records wait`,
          tone: accessLog.lost > 0 ? 'bad' : undefined,
        },
      ]}
    />
  );
}

function Warnings({ status: { store, configFile, persisted, accessLog } }: { status: Status }) {
  return (
    <>
      {configFile?.error && (
        <Notice tone="bad">
          The configuration file {configFile.path} as it is now does not run: {configFile.error}
        </Notice>
      )}
      {store.state !== 'connected' && (
        <Notice tone="warn">
          The store is {store.state}: traffic goes on, changes have to wait. {store.error}
        </Notice>
      )}
      {!persisted && <Notice tone="warn">What runs is not (yet) what the store holds.</Notice>}
      {accessLog.lastError && <Notice tone="warn">Access log: {accessLog.lastError}</Notice>}
    </>
  );
}
