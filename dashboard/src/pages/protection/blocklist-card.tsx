import type { Status } from '../../api/types';
import { useNow } from '../../app/now';
import { plural } from '../../format/numbers';
import { relative } from '../../format/times';
import { Badge } from '../../kit/badge';
import { Card } from '../../kit/card';
import styles from './protection.module.css';

/** The files that say who is blocked, and whether they count as they are. */
export function BlocklistCard({ blocklist }: { blocklist: Status['blocklist'] }) {
  const now = useNow();
  return (
    <Card title="Block list files" note={plural(blocklist.files.length, 'file')}>
      {blocklist.files.length === 0 ? (
        <p className="muted">
          None is configured. <code>blocklistFiles</code> names files with a network per line; each edit is
          taken over while the balancer runs.
        </p>
      ) : (
        <ul className={styles.list}>
          {blocklist.files.map(({ path, entries, loadedAt, problem }) => (
            <li key={path}>
              <code>{path}</code>{' '}
              <Badge tone={problem ? 'bad' : 'good'}>{problem ? 'refused as it is' : 'counts'}</Badge>
              <small>
                {plural(entries, 'network')} in force,{' '}
                {loadedAt === 0 ? 'never read' : `read ${relative(loadedAt, now)}`}
              </small>
              {problem && <div className={styles.problem}>{problem}</div>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
