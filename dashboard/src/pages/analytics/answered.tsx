import type { ReactNode } from 'react';
import type { Query } from '../../api/query';
import { Button } from '../../kit/button';
import { Failure, Notice, Skeleton } from '../../kit/condition';
import styles from './analytics.module.css';

interface AnsweredProps<Data> {
  readonly query: Query<Data>;
  /** Makes what is asked for less: offered when it is too much. */
  readonly onNarrow: () => void;
  readonly children: (data: Data) => ReactNode;
}

/** A question's answer, or why there is none and what to narrow. */
export function Answered<Data>({ query, onNarrow, children }: AnsweredProps<Data>) {
  const { data, error, reload } = query;
  if (data === undefined && error === null) return <Skeleton lines={6} />;
  if (data === undefined && error) {
    const isTooLarge = error.code === 'QUERY_TOO_LARGE';
    return (
      <>
        {isTooLarge ? <Failure error={error} /> : <Failure error={error} retry={reload} />}
        {isTooLarge && (
          <div className={styles.narrow}>
            <Button onClick={onNarrow}>Show the last hour in automatic steps</Button>
          </div>
        )}
      </>
    );
  }
  return (
    <>
      {error && <Notice tone="warn">This may be old: {error.message}</Notice>}
      {data !== undefined && children(data)}
    </>
  );
}

/** What was read for an answer. */
export function sourceWords(source: 'rollups' | 'records' | undefined): string {
  if (source === undefined) return '';
  return source === 'rollups' ? 'from roll-ups' : 'from the records themselves';
}
