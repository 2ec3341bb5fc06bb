import { Link } from '../../app/router';
import type { ExplainedRequest } from '../../api/types';
import { percent } from '../../format/numbers';
import { Badge, type Tone } from '../../kit/badge';
import { Card } from '../../kit/card';
import { servicePath } from '../page-paths';
import styles from './explain.module.css';

type Outcome = ExplainedRequest['outcome'];

/** What would happen, in a line, and the chances where chance decides. */
export function OutcomeCard({ answer }: { answer: ExplainedRequest }) {
  const { outcome, chances, generation } = answer;
  const { tone, words } = verdictOf(outcome);
  return (
    <Card title="What would happen" note={`by the configuration of generation ${generation}`}>
      <div className={styles.verdict} role="status">
        <Badge tone={tone} dot>
          {words}
        </Badge>
        <Where outcome={outcome} isChance={chances.length > 0} />
      </div>
      <dl className={styles.facts}>
        {outcome.service !== null && (
          <div>
            <dt>Service</dt>
            <dd>
              <Link href={servicePath(outcome.service)}>{outcome.service}</Link>
              {outcome.fallbackFrom !== null && ` instead of ${outcome.fallbackFrom}`}
            </dd>
          </div>
        )}
        {outcome.group !== null && (
          <div>
            <dt>Group</dt>
            <dd>{outcome.group}</dd>
          </div>
        )}
        <div>
          <dt>Client</dt>
          <dd>
            <code>{outcome.client}</code>
          </dd>
        </div>
        {outcome.shadowReason !== null && (
          <div>
            <dt>In shadow</dt>
            <dd>would be refused ({outcome.shadowReason})</dd>
          </div>
        )}
      </dl>
      {chances.length > 0 && <Chances chances={chances} />}
    </Card>
  );
}

function Where({ outcome, isChance }: { outcome: Outcome; isChance: boolean }) {
  const { dropReason, location, backend, waitsAt, status } = outcome;
  if (location !== null) {
    return (
      <span>
        to <code>{location}</code> ({status})
      </span>
    );
  }
  if (dropReason !== null) {
    return (
      <span>
        with {status}, because of <Link href={`/logs?dropReason=${dropReason}`}>{dropReason}</Link>
      </span>
    );
  }
  if (waitsAt !== null) return <span>until there is room: for {waitsAt}</span>;
  if (isChance) return <span>to one of these, by chance</span>;
  return (
    backend && (
      <span>
        to <code>{backend.url}</code>
      </span>
    )
  );
}

function Chances({ chances }: Pick<ExplainedRequest, 'chances'>) {
  return (
    <ul className={styles.chances} aria-label="Chances">
      {chances.map(({ id, url, share }) => (
        <li key={id}>
          <span className={styles.bar} style={{ transform: `scaleX(${share})` }} aria-hidden="true" />
          <code>{url}</code>
          <b>{percent(share)}</b>
        </li>
      ))}
    </ul>
  );
}

function verdictOf({ location, dropReason, waitsAt }: Outcome): { tone: Tone; words: string } {
  if (location !== null) return { tone: 'accent', words: 'Redirected' };
  if (dropReason !== null) return { tone: 'bad', words: 'Refused' };
  if (waitsAt !== null) return { tone: 'warn', words: 'Waits' };
  return { tone: 'good', words: 'Forwarded' };
}
