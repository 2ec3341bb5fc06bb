import type { Status } from '../../api/types';
import { useNow } from '../../app/now';
import { count } from '../../format/numbers';
import { fullTime, relative } from '../../format/times';
import { Badge, type Tone } from '../../kit/badge';
import { Card } from '../../kit/card';
import { FactList } from '../../kit/fact-list';
import styles from './system.module.css';

/** Where revisions, logs and bans are kept, and the file that the configuration came from. */
export function StoreCard({ status: { store, configFile, persisted } }: { status: Status }) {
  const now = useNow();
  return (
    <Card
      title="Store"
      note={
        <Badge tone={store.state === 'connected' ? 'good' : 'warn'} dot>
          {store.state}
        </Badge>
      }
    >
      <div className={styles.stack}>
        <FactList
          facts={[
            ['Kind', store.driver],
            [store.state === 'connected' ? 'Connected' : 'So', relative(store.since, now)],
            ['Configuration is stored', persisted ? 'yes' : 'not yet'],
            ...(store.error ? ([['Error', store.error]] as const) : []),
          ]}
        />
        {configFile && (
          <FactList
            facts={[
              ['Configuration file', <code key="path">{configFile.path}</code>],
              ['Read', configFile.loadedAt === 0 ? 'never' : fullTime(configFile.loadedAt)],
              [
                'Looked at',
                configFile.lastAttemptAt === 0 ? 'never' : relative(configFile.lastAttemptAt, now),
              ],
            ]}
          />
        )}
      </div>
    </Card>
  );
}

/** Where traffic is accepted, and the balance of what came. */
export function ListenerCard({ status: { listeners, ledger, startedAt } }: { status: Status }) {
  return (
    <Card title="Listeners" note={listeners.map(({ host, port }) => `${host}:${port}`).join(', ') || 'none'}>
      <FactList
        facts={[
          ['Received', count(ledger.received)],
          ['Forwarded', count(ledger.forwarded)],
          ['Dropped', count(ledger.dropped)],
          ['In flight', count(ledger.inFlight)],
          ['Counted since', fullTime(startedAt)],
        ]}
      />
    </Card>
  );
}

const LIMIT_TONES: Readonly<Record<Status['sharedLimits']['state'], Tone>> = {
  off: 'calm',
  idle: 'calm',
  up: 'good',
  away: 'bad',
};
const LIMIT_WORDS: Readonly<Record<Status['sharedLimits']['state'], string>> = {
  off: 'No Redis is configured: each balancer counts for itself.',
  idle: 'Redis is configured, and no rule is shared.',
  up: 'Rules that are shared count over all balancers.',
  away: 'Redis is away: shared rules count in this balancer alone.',
};

/** Rate limits that balancers count together, in Redis. */
export function LimitCard({ limits }: { limits: Status['sharedLimits'] }) {
  const now = useNow();
  return (
    <Card
      title="Shared limits"
      note={
        <Badge tone={LIMIT_TONES[limits.state]} dot>
          {limits.state}
        </Badge>
      }
    >
      <div className={styles.stack}>
        <p className="muted">
          {LIMIT_WORDS[limits.state]} {limits.error}
        </p>
        {limits.state !== 'off' && (
          <FactList
            facts={[
              ['Since', relative(limits.since, now)],
              ['Asked', count(limits.asked)],
              ['Refused', count(limits.refused)],
              ['Decided alone', count(limits.alone)],
            ]}
          />
        )}
      </div>
    </Card>
  );
}
