import type { ReactNode } from 'react';
import type { ApiError } from '../api/api';
import type { Query } from '../api/query';
import { Button } from './button';
import { classNames } from './class-names';
import styles from './condition.module.css';
import { Icon, type IconName } from './icon';

/** Nothing to show, and what to do about it. */
export function Empty({ title, icon = 'info', children, action }: EmptyProps) {
  return (
    <div className={styles.condition}>
      <span className={styles.mark}>
        <Icon name={icon} size={22} />
      </span>
      <strong>{title}</strong>
      {children && <div className={styles.words}>{children}</div>}
      {action}
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly icon?: IconName;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** Why something cannot be shown, in the words of the balancer. */
export function Failure({ error, retry }: { error: ApiError; retry?: () => void }) {
  return (
    <div className={styles.condition} role="alert">
      <span className={classNames(styles.mark, styles.bad)}>
        <Icon name="warning" size={22} />
      </span>
      <strong>{titleOf(error)}</strong>
      <div className={styles.words}>{error.message}</div>
      {error.requestId && <code className={styles.id}>request {error.requestId}</code>}
      {retry && (
        <Button icon="refresh" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Grey lines where text will be. `label`: what is loading, for screen readers. */
export function Skeleton({ lines = 4, label = 'Loading' }: { lines?: number; label?: string }) {
  return (
    <div className={styles.skeleton} role="status">
      <span className="visually-hidden">{label} …</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className={styles.line} aria-hidden="true" />
      ))}
    </div>
  );
}

/** A strip above what is shown. */
export function Notice({ tone = 'info', children, action }: NoticeProps) {
  return (
    <div className={classNames(styles.notice, styles[tone])} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon name={tone === 'info' ? 'info' : 'warning'} />
      <div className={styles.grow}>{children}</div>
      {action}
    </div>
  );
}

interface NoticeProps {
  readonly tone?: 'info' | 'warn' | 'bad';
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

/** Shows a query: grey lines, the failure, or the data; old data stays, under a strip that says that it is old. */
export function Loaded<Data>({ query, lines, children }: LoadedProps<Data>) {
  const { data, error, reload } = query;
  if (data === undefined)
    return error ? <Failure error={error} retry={reload} /> : <Skeleton lines={lines ?? 4} />;
  return (
    <>
      {error && <Notice tone="warn">This may be old: {error.message}</Notice>}
      {children(data)}
    </>
  );
}

interface LoadedProps<Data> {
  readonly query: Query<Data>;
  readonly lines?: number;
  readonly children: (data: Data) => ReactNode;
}

function titleOf(error: ApiError): string {
  if (error.status === 0) return 'The balancer cannot be reached';
  if (error.status === 403) return 'Not allowed';
  if (error.status === 404) return 'Not found';
  if (error.status === 503) return 'Not available now';
  if (error.code === 'QUERY_TOO_LARGE') return 'Too much to be read';
  return 'This did not work';
}
