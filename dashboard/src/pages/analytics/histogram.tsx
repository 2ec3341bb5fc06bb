import { useId, useState } from 'react';
import type { AnalyticsLatency } from '../../api/types';
import { count, milliseconds, percent } from '../../format/numbers';
import styles from './histogram.module.css';

type Bucket = AnalyticsLatency['histogram'][number];
/** Marks below the bars. */
const MARKS = 5;

/** How many exchanges took how long: a bar for each bucket. Says it in words too, and as a table. */
export function Histogram({ buckets }: { buckets: readonly Bucket[] }) {
  const [shown, show] = useState<Bucket | null>(null);
  const [isTable, setTable] = useState(false);
  const id = useId();
  const all = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  const most = Math.max(1, ...buckets.map((bucket) => bucket.count));
  const usual = buckets.find((bucket) => bucket.count === most);
  return (
    <figure aria-labelledby={id}>
      <figcaption id={id} className="visually-hidden">
        How long exchanges took. {usual && `Most of them ${spanOf(usual)}.`}
      </figcaption>
      {isTable ? <BucketTable buckets={buckets} all={all} /> : <Bars {...{ buckets, most, show }} />}
      <div className={styles.legend}>
        {shown ? (
          <span>
            {spanOf(shown)}: <b>{count(shown.count)}</b>, {percent(shown.count / all)}
          </span>
        ) : (
          <span>{usual && `most often ${spanOf(usual)}`}</span>
        )}
        <button type="button" className={styles.toggle} onClick={() => setTable(!isTable)}>
          {isTable ? 'Picture' : 'Table'}
          <span className="visually-hidden"> of how long exchanges took</span>
        </button>
      </div>
    </figure>
  );
}

interface BarsProps {
  readonly buckets: readonly Bucket[];
  readonly most: number;
  readonly show: (bucket: Bucket | null) => void;
}

function Bars({ buckets, most, show }: BarsProps) {
  const every = Math.max(1, Math.ceil(buckets.length / MARKS));
  return (
    <div className={styles.picture} aria-hidden="true">
      <div className={styles.bars} onPointerLeave={() => show(null)}>
        {buckets.map((bucket) => (
          <span key={bucket.fromUs} className={styles.slot} onPointerEnter={() => show(bucket)}>
            <i style={{ height: bucket.count === 0 ? 0 : `max(2px, ${(bucket.count / most) * 100}%)` }} />
          </span>
        ))}
      </div>
      <div className={styles.marks}>
        {buckets.map((bucket, at) => (
          <span key={bucket.fromUs}>{at % every === 0 && <i>{milliseconds(bucket.fromUs / 1000)}</i>}</span>
        ))}
      </div>
    </div>
  );
}

function BucketTable({ buckets, all }: { buckets: readonly Bucket[]; all: number }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolls, so the keyboard has to reach it
    <div className={styles.table} tabIndex={0} role="region" aria-label="How long exchanges took, as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">Took</th>
            <th scope="col">Exchanges</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {buckets
            .filter((bucket) => bucket.count > 0)
            .map((bucket) => (
              <tr key={bucket.fromUs}>
                <th scope="row">{spanOf(bucket)}</th>
                <td>{count(bucket.count)}</td>
                <td>{percent(bucket.count / all)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

function spanOf({ fromUs, toUs }: Bucket): string {
  return `${milliseconds(fromUs / 1000)} to ${milliseconds(toUs / 1000)}`;
}
