import { useExternal } from '../../app/external';
import { Link } from '../../app/router';
import { clockTime, fullTime } from '../../format/times';
import { Badge, type Tone } from '../../kit/badge';
import { Card } from '../../kit/card';
import { changes } from '../../live/live';
import type { ChangeEvent } from '../../live/overview.types';
import { happeningPath, servicePath } from '../page-paths';
import styles from './overview.module.css';

const SHOWN = 12;

/** What happened while this was open. */
export function ChangeList() {
  const known = useExternal(changes);
  return (
    <Card title="Happening" note="since you opened this">
      {known.length === 0 ? (
        <p className="muted">
          Nothing has changed: no backend went out or came back, and no revision was made.
        </p>
      ) : (
        <ol className={styles.changes}>
          {known.slice(0, SHOWN).map((change) => (
            <li key={keyOf(change)}>
              <time dateTime={new Date(change.time).toISOString()} title={fullTime(change.time)}>
                {clockTime(change.time)}
              </time>
              <Words change={change} />
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

function Words({ change }: { change: ChangeEvent }) {
  if (change.kind === 'revision') {
    return (
      <div>
        <Badge tone="accent">revision {change.revision}</Badge> {change.changes[0] ?? change.note}
        <small>
          {change.author}
          {change.changesTotal > 1 && `, ${change.changesTotal} changes`}
        </small>
      </div>
    );
  }
  if (change.kind === 'scaling') {
    return (
      <div>
        <Badge tone={toneOf(change)}>{labelOf(change)}</Badge>{' '}
        <Link href={happeningPath(change)}>{change.service}</Link> {change.instance}
        {change.why && <small>{change.why}</small>}
      </div>
    );
  }
  const { tone, label } = outcomeOf(change);
  return (
    <div>
      <Badge tone={tone}>{label}</Badge> <Link href={servicePath(change.service)}>{change.service}</Link>{' '}
      {change.url}
      {change.why && <small>{change.why}</small>}
    </div>
  );
}

type Scaling = Extract<ChangeEvent, { kind: 'scaling' }>;
type Outage = Exclude<ChangeEvent, { kind: 'revision' | 'scaling' }>;

function toneOf({ step, why }: Scaling): Tone {
  if (step === 'failed') return 'bad';
  if (step === 'problem') return why === '' ? 'good' : 'bad';
  return step === 'decision' ? 'accent' : 'good';
}

function labelOf({ step, current, desired, why }: Scaling): string {
  if (step === 'decision') return `${current} to ${desired ?? current} copies`;
  return step === 'problem' && why === '' ? 'works again' : step;
}

function outcomeOf({ kind, over }: Outage): { tone: Tone; label: string } {
  if (kind === 'health')
    return over ? { tone: 'good', label: 'healthy' } : { tone: 'bad', label: 'unhealthy' };
  if (kind === 'ejection')
    return over ? { tone: 'good', label: 'returned' } : { tone: 'bad', label: 'ejected' };
  return over ? { tone: 'good', label: 'breaker closed' } : { tone: 'bad', label: 'breaker open' };
}

function keyOf(change: ChangeEvent): string {
  if (change.kind === 'revision') return `revision ${change.revision}`;
  if (change.kind === 'scaling')
    return `${change.time} ${change.service} ${change.step} ${change.instance} ${change.desired}`;
  return `${change.time} ${change.kind} ${change.service} ${change.backend} ${change.over}`;
}
