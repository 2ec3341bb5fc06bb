import { count } from '../../format/numbers';
import { Card } from '../../kit/card';
import type { Sample } from './exposition';
import styles from './protection.module.css';

/** What policies in shadow would have refused. */
export function ShadowCard({ shadows }: { shadows: readonly Sample[] | null }) {
  const shown = (shadows ?? []).filter(({ value }) => value > 0).toSorted((a, b) => b.value - a.value);
  return (
    <Card title="In shadow" note="would have been dropped, since the start">
      {shown.length === 0 ? (
        <p className="muted">
          {shadows === null ? 'Not known yet.' : 'Nothing: no policy in shadow would have refused a request.'}
        </p>
      ) : (
        <ul className={styles.counts}>
          {shown.map(({ labels, value }) => (
            <li key={labels['reason']}>
              <code>{labels['reason']}</code>
              <b>{count(value)}</b>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
