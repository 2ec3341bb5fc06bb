import { plural } from '../../format/numbers';
import { Badge } from '../../kit/badge';
import { Card } from '../../kit/card';
import { Notice } from '../../kit/condition';
import styles from './configuration.module.css';
import type { Check, Issue } from './use-check';

export interface CheckCardProps {
  readonly check: Check;
  readonly isEdited: boolean;
  readonly goTo: (line: number, column?: number) => void;
}

/** What the balancer says of the text, as it is typed. */
export function CheckCard({ check, isEdited, goTo }: CheckCardProps) {
  return (
    <Card title="Check" note={<Verdict check={check} />}>
      <div className="stack" aria-live="polite">
        {check.phase === 'unknown' && <Notice tone="warn">It could not be checked: {check.problem}</Notice>}
        {check.issues.length > 0 ? (
          <ul className={styles.issues}>
            {check.issues.map((issue, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- the same may be said twice
              <li key={index}>
                <IssueEntry issue={issue} goTo={goTo} />
              </li>
            ))}
          </ul>
        ) : (
          check.problem && check.phase !== 'unknown' && <Notice tone="bad">{check.problem}</Notice>
        )}
        {check.notices.map((notice) => (
          <Notice key={notice} tone="warn">
            {notice}
          </Notice>
        ))}
        {check.issues.length === 0 && check.problem === '' && <Changes check={check} isEdited={isEdited} />}
      </div>
    </Card>
  );
}

function Verdict({ check }: { check: Check }) {
  if (check.phase === 'old') return <Badge>checking …</Badge>;
  if (check.phase === 'valid') return <Badge tone="good">valid</Badge>;
  if (check.phase === 'unknown') return <Badge tone="warn">not checked</Badge>;
  return <Badge tone="bad">{plural(Math.max(1, check.issues.length), 'error')}</Badge>;
}

function IssueEntry({
  issue: { path, message, line, column },
  goTo,
}: { issue: Issue } & Pick<CheckCardProps, 'goTo'>) {
  const words = (
    <>
      <span>{message}</span>
      <small>
        {line !== undefined && `Line ${line}${column ? `, column ${column}` : ''}`}
        {line !== undefined && path && ' · '}
        {path && <code>{path}</code>}
      </small>
    </>
  );
  if (line === undefined) return <div className={styles.issue}>{words}</div>;
  return (
    <button type="button" className={styles.issue} onClick={() => goTo(line, column)}>
      {words}
    </button>
  );
}

function Changes({ check, isEdited }: Pick<CheckCardProps, 'check' | 'isEdited'>) {
  if (!isEdited || check.changes.length === 0) {
    return <p className="muted">{isEdited ? 'It means the same as what runs.' : 'This is what runs.'}</p>;
  }
  return (
    <div>
      <h3>Would change</h3>
      <ul className={styles.changes}>
        {check.changes.slice(0, 12).map((change) => (
          <li key={change}>{change}</li>
        ))}
        {check.changes.length > 12 && <li className="muted">and {check.changes.length - 12} more</li>}
      </ul>
    </div>
  );
}
