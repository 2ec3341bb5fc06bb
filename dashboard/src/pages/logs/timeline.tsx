import type { AccessLogRecord } from '../../api/types';
import { milliseconds } from '../../format/numbers';
import styles from './record.module.css';

interface Stretch {
  readonly label: string;
  readonly us: number;
  readonly look: string;
}

/** Where the time went, from the complete head to the end. */
export function Timeline({ record }: { record: AccessLogRecord }) {
  const stretches = stretchesOf(record).filter(({ us }) => us > 0);
  const total = Math.max(1, record.totalUs);
  return (
    <figure className={styles.timeline}>
      <div className={styles.stretches} aria-hidden="true">
        {stretches.map(({ label, us, look }) => (
          <span key={label} className={styles[look]} style={{ flexGrow: us / total }} />
        ))}
      </div>
      <figcaption>
        <dl className={styles.legend}>
          <div>
            <dt>Took</dt>
            <dd>
              <b>{milliseconds(record.totalUs / 1000)}</b>
            </dd>
          </div>
          {stretches.map(({ label, us, look }) => (
            <div key={label}>
              <dt>
                <span className={`${styles.swatch} ${styles[look]}`} aria-hidden="true" />
                {label}
              </dt>
              <dd>{milliseconds(us / 1000)}</dd>
            </div>
          ))}
        </dl>
      </figcaption>
    </figure>
  );
}

/** They add up to the whole, also when clocks of two moments differ by a little. */
function stretchesOf({ totalUs, queueUs, connectUs, firstByteUs, attempts }: AccessLogRecord): Stretch[] {
  const earlier = attempts.slice(0, -1).reduce((sum, attempt) => sum + attempt.totalUs, 0);
  const answered = firstByteUs > 0 ? firstByteUs : totalUs;
  const queue = Math.min(queueUs, totalUs);
  const before = Math.min(earlier, Math.max(0, answered - queue));
  const connect = Math.min(connectUs, Math.max(0, answered - queue - before));
  return [
    { label: 'waiting in the queue', us: queue, look: 'queue' },
    { label: 'attempts before the last', us: before, look: 'earlier' },
    { label: 'connecting', us: connect, look: 'connect' },
    {
      label: attempts.length === 0 ? 'deciding' : 'the backend until its response',
      us: Math.max(0, answered - queue - before - connect),
      look: 'backend',
    },
    { label: 'relaying the response', us: Math.max(0, totalUs - answered), look: 'relay' },
  ];
}
