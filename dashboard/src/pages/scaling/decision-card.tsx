import type { Scaling, ScalingDecision } from '../../api/types';
import { useNow } from '../../app/now';
import { count, plural } from '../../format/numbers';
import { fullTime, relative } from '../../format/times';
import { Card } from '../../kit/card';
import { Empty } from '../../kit/condition';
import { amountOf, limitWords, METRIC_NAMES } from './scaling-words';
import styles from './scaling.module.css';

interface DecisionCardProps {
  readonly decision: ScalingDecision | null;
  readonly state: Scaling['state'];
}

/** What was decided last, and what led to it. */
export function DecisionCard({ decision, state }: DecisionCardProps) {
  const now = useNow();
  if (decision === null) {
    return (
      <Card title="Latest decision">
        <Empty title="None here yet" icon="scaling">
          {state === 'active'
            ? 'The first one is made after the first interval.'
            : 'Decisions are shown by the balancer that makes them.'}
        </Empty>
      </Card>
    );
  }
  const { current, desired, reason, time, limits } = decision;
  return (
    <Card
      title="Latest decision"
      note={
        <time dateTime={new Date(time).toISOString()} title={fullTime(time)}>
          {relative(time, now)}
        </time>
      }
    >
      <div className={styles.decision}>
        <p className={styles.change}>{outcomeWords(current, desired)}</p>
        <p>{reason}</p>
        <Wanted decision={decision} />
        <LimitList limits={limits} />
      </div>
    </Card>
  );
}

/** What each metric asked for. */
function Wanted({ decision: { wanted, metric: strongest } }: { decision: ScalingDecision }) {
  if (wanted.length === 0) return null;
  return (
    <table className={styles.metrics}>
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col">Now</th>
          <th scope="col">Target of a copy</th>
          <th scope="col">Asks for</th>
        </tr>
      </thead>
      <tbody>
        {wanted.map(({ metric, value, target, count: copies }) => (
          <tr key={metric} className={metric === strongest ? styles.strongest : undefined}>
            <th scope="row">{METRIC_NAMES[metric]}</th>
            <td>{amountOf(metric, value)}</td>
            <td>{amountOf(metric, target)}</td>
            <td>{count(copies)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Why it is another count than the metrics asked for. */
export function LimitList({ limits }: { limits: readonly string[] }) {
  if (limits.length === 0) return null;
  return (
    <ul className={styles.limits} aria-label="What limited it">
      {limits.map((limit) => (
        <li key={limit}>
          <b>{limit}</b>: {limitWords(limit)}
        </li>
      ))}
    </ul>
  );
}

function outcomeWords(current: number, desired: number): string {
  if (desired === current) return `${plural(current, 'copy stays', 'copies stay')}`;
  return `From ${count(current)} to ${plural(desired, 'copy', 'copies')}`;
}
