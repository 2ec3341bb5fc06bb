import { call } from '../../api/api';
import { invalidate, useQuery } from '../../api/query';
import type { GuardStatus } from '../../api/types';
import { useNow } from '../../app/now';
import { count, milliseconds, percent } from '../../format/numbers';
import { duration, fullTime } from '../../format/times';
import { Badge } from '../../kit/badge';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { Notice } from '../../kit/condition';
import { confirm } from '../../kit/confirmation';
import { toast } from '../../kit/toast';
import styles from './configuration.module.css';

const PATH = '/api/v1/guard';

/** The change that has to prove itself, and how earlier ones ended. Nothing while there never was one. */
export function GuardCard() {
  const { data } = useQuery<GuardStatus>(PATH, { everyMs: 2_000 });
  if (!data || (data.guard === null && data.outcomes.length === 0)) return null;
  return (
    <Card title="Guard" note={data.guard ? 'a change has to prove itself' : 'how guarded changes ended'}>
      <div className="stack">
        {data.guard && <Running guard={data.guard} />}
        {data.outcomes.length > 0 && <Outcomes outcomes={data.outcomes} />}
      </div>
    </Card>
  );
}

type Running = NonNullable<GuardStatus['guard']>;

function Running({ guard }: { guard: Running }) {
  const left = Math.max(0, guard.deadline - useNow());
  const isAuto = guard.confirmation === 'auto';
  return (
    <div className="stack">
      <div className={styles.guard}>
        <strong className={styles.countdown} role="timer" aria-label="Time left">
          {duration(left)}
        </strong>
        <p>
          Revision {guard.revision} by {guard.author} {isAuto ? 'stays then' : 'is taken back then'}, to
          revision {guard.previous}
          {isAuto ? ' if traffic has worsened' : ' unless it is confirmed'}.
        </p>
        <div className="row">
          <Button look="primary" icon="check" needs="operator" onClick={() => ask(guard, 'confirm')}>
            Let it stay
          </Button>
          <Button needs="operator" onClick={() => ask(guard, 'revert')}>
            Take it back
          </Button>
        </div>
      </div>
      {guard.problem && <Notice tone="bad">It could not be ended yet: {guard.problem}</Notice>}
      <dl className={styles.compared}>
        <Compared label="Requests" now={count(guard.now.requests)} before={count(guard.baseline.requests)} />
        <Compared label="5xx" now={percent(guard.now.share)} before={percent(guard.baseline.share)} />
        <Compared
          label="p99"
          now={milliseconds(guard.now.p99Ms)}
          before={milliseconds(guard.baseline.p99Ms)}
        />
      </dl>
    </div>
  );
}

function Compared({ label, now, before }: { label: string; now: string; before: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {now} <span className="muted">before {before}</span>
      </dd>
    </div>
  );
}

function Outcomes({ outcomes }: { outcomes: GuardStatus['outcomes'] }) {
  return (
    <ul className={styles.changes}>
      {outcomes.slice(0, 5).map(({ revision, verdict, why, time }) => (
        <li key={`${revision} ${time}`}>
          <Badge tone={verdict === 'confirmed' ? 'good' : 'warn'}>
            {verdict === 'confirmed' ? 'stayed' : 'taken back'}
          </Badge>{' '}
          revision {revision}, {fullTime(time)}: {why}
        </li>
      ))}
    </ul>
  );
}

function ask({ revision, previous }: Running, verb: 'confirm' | 'revert'): void {
  const isConfirm = verb === 'confirm';
  confirm({
    title: isConfirm ? `Let revision ${revision} stay?` : `Take revision ${revision} back?`,
    effect: isConfirm
      ? 'The guard ends: it is not taken back by itself any more.'
      : `What it changed becomes as in revision ${previous}; what was changed elsewhere since then stays.`,
    verb: isConfirm ? 'Let it stay' : 'Take it back',
    act: async () => {
      await call('POST', `${PATH}/${verb}`);
      invalidate('/api/v1/');
      toast(isConfirm ? `Revision ${revision} stays.` : `Revision ${revision} was taken back.`);
    },
  });
}
