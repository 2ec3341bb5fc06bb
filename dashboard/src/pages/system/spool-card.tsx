import type { Status } from '../../api/types';
import { useNow } from '../../app/now';
import { bytes, count, milliseconds, plural } from '../../format/numbers';
import { duration, relative } from '../../format/times';
import { Badge } from '../../kit/badge';
import { Card } from '../../kit/card';
import { FactList } from '../../kit/fact-list';
import styles from './system.module.css';

/** Records on their way to the store, and to outputs. */
export function SpoolCard({ accessLog }: { accessLog: Status['accessLog'] }) {
  const now = useNow();
  const { lagMs, thread, outputs } = accessLog;
  return (
    <Card
      title="Access log"
      note={
        <Badge tone={thread === 'running' ? 'good' : thread === 'restarting' ? 'bad' : 'calm'} dot>
          thread {thread}
        </Badge>
      }
    >
      <div className={styles.stack}>
        <FactList
          facts={[
            ['Received', count(accessLog.received)],
            ['Recovered from before', count(accessLog.recovered)],
            ['Stored', count(accessLog.stored)],
            ['Waiting', count(accessLog.buffered)],
            ['Lost', count(accessLog.lost)],
            ['Corrupt parts', count(accessLog.corruptFrames)],
            ['Spool on disk', `${bytes(accessLog.spooledBytes)} in ${plural(accessLog.segments, 'file')}`],
            ['Lag', lagMs < 1000 ? milliseconds(lagMs) : duration(lagMs)],
            ['Last stored', accessLog.lastStoredAt === 0 ? 'never' : relative(accessLog.lastStoredAt, now)],
            ['Thread restarts', count(accessLog.threadRestarts)],
          ]}
        />
        <Outputs outputs={outputs} />
      </div>
    </Card>
  );
}

function Outputs({ outputs }: { outputs: Status['accessLog']['outputs'] }) {
  if (outputs.length === 0) return <p className="muted">No outputs: records go to the store only.</p>;
  return (
    <div>
      <h3>Outputs</h3>
      <ul className={styles.list}>
        {outputs.map(({ to, written, lost, waiting, lastError }) => (
          <li key={to}>
            <code>{to}</code>{' '}
            <Badge tone={lastError ? 'bad' : 'good'}>{lastError ? 'cannot be written' : 'written'}</Badge>
            <small>
              {count(written)} lines, {count(waiting)} waiting, {count(lost)} lost {lastError}
            </small>
          </li>
        ))}
      </ul>
    </div>
  );
}
