import { DROP_REASONS } from '../../../../src/common/contract/drop-reasons';
import { rate } from '../../format/numbers';
import { Card } from '../../kit/card';
import { useOverview } from '../../live/live';
import styles from './overview.module.css';

/** What the balancer itself ended, and why. */
export function DropList() {
  const drops = useOverview()?.total.drops ?? {};
  const sorted = Object.entries(drops).sort(([, a], [, b]) => b - a);
  const most = sorted[0]?.[1] ?? 0;
  return (
    <Card title="Drops" note="per second, by reason">
      {sorted.length === 0 ? (
        <p className="muted">Nothing is dropped.</p>
      ) : (
        <ul className={styles.drops}>
          {sorted.map(([reason, value]) => (
            <li key={reason} title={detailOf(reason)}>
              <span
                className={styles.bar}
                style={{ transform: `scaleX(${value / most})` }}
                aria-hidden="true"
              />
              <code>{reason}</code>
              <b>{rate(value)}</b>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function detailOf(reason: string): string {
  return reason in DROP_REASONS ? DROP_REASONS[reason as keyof typeof DROP_REASONS].detail : '';
}
