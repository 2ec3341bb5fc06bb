import type { Plan, Replay } from '../../api/types';
import { count, plural } from '../../format/numbers';
import { fullTime } from '../../format/times';
import { classNames } from '../../kit/class-names';
import { Notice } from '../../kit/condition';
import styles from './configuration.module.css';
import { Patch } from './patch';

/** What a change would do. */
export function PlanView({ plan }: { plan: Plan }) {
  if (plan.changes.length === 0) return <Notice>Nothing would change: this is what runs.</Notice>;
  return (
    <div className={classNames('stack', styles.plan)}>
      {plan.notices.map((notice) => (
        <Notice key={notice} tone="warn">
          {notice}
        </Notice>
      ))}
      <section>
        <h3>{plural(plan.changes.length, 'change')}</h3>
        <ul className={styles.changes}>
          {plan.changes.map((change) => (
            <li key={change}>{change}</li>
          ))}
        </ul>
      </section>
      <Health plan={plan} />
      <Patch patch={plan.patch} label="Difference to what runs" />
      {plan.replay && <ReplayView replay={plan.replay} />}
    </div>
  );
}

function Health({ plan }: { plan: Plan }) {
  const unproven = plan.backends.added.filter(({ health }) => health !== 'healthy');
  if (unproven.length === 0) return null;
  return (
    <Notice tone="warn">
      {plural(unproven.length, 'new backend')} not known to be healthy, used once probes have passed:{' '}
      {unproven
        .slice(0, 5)
        .map(({ service, url }) => `${url} (${service})`)
        .join(', ')}
      {unproven.length > 5 && ` and ${count(unproven.length - 5)} more`}
    </Notice>
  );
}

/** Recorded requests, decided anew. */
function ReplayView({ replay }: { replay: Replay }) {
  if (replay.total === 0) {
    return <p className="muted">No request is recorded yet that could be decided anew by this.</p>;
  }
  const rows = rowsOf(replay);
  const shifted = replay.shares.filter(({ reassigned }) => reassigned > 0);
  return (
    <section>
      <h3>What it does to traffic</h3>
      <p className="muted">
        The newest {plural(replay.total, 'request')}, from {fullTime(replay.from)} on, decided anew:{' '}
        {count(replay.unchanged)} as before.
      </p>
      <ul className={styles.changes}>
        {rows.map(({ words, count: many, tone }) => (
          <li key={words} className={tone}>
            <b>{count(many)}</b> {words}
          </li>
        ))}
        {shifted.map(({ service, reassigned, backends }) => (
          <li key={service}>
            <b>{count(reassigned)}</b> of {service} to another backend:{' '}
            {backends
              .map(
                ({ url, before, after }) =>
                  `${url} ${before === null ? 'new' : count(before)} → ${count(after)}`,
              )
              .join(', ')}
          </li>
        ))}
        {rows.length + shifted.length === 0 && <li>Nothing moves.</li>}
      </ul>
      {replay.undecided.map(({ what, count: many, why }) => (
        <p key={`${what} ${why}`} className="muted">
          {count(many)} cannot be told ({what}): {why}
        </p>
      ))}
    </section>
  );
}

interface ReplayRow {
  readonly words: string;
  readonly count: number;
  readonly tone: string | undefined;
}

function rowsOf({ moved, newlyDropped, noLongerDropped, droppedOtherwise }: Replay): ReplayRow[] {
  const named = (service: string | null) => service ?? 'no service';
  return [
    ...moved.map(({ from, to, count: many, examples }) => ({
      words: `move from ${from} to ${to}${exampleOf(examples)}`,
      count: many,
      tone: undefined,
    })),
    ...newlyDropped.map(({ from, reason, count: many, examples }) => ({
      words: `of ${from} would be dropped (${reason})${exampleOf(examples)}`,
      count: many,
      tone: styles.worse,
    })),
    ...noLongerDropped.map(({ to, reason, count: many, examples }) => ({
      words: `no longer dropped (${reason}), served by ${to}${exampleOf(examples)}`,
      count: many,
      tone: styles.better,
    })),
    ...droppedOtherwise.map(({ from, to, count: many }) => ({
      words: `dropped by ${named(to.service)} (${to.reason}) rather than by ${named(from.service)} (${from.reason})`,
      count: many,
      tone: undefined,
    })),
  ];
}

function exampleOf([first]: Replay['moved'][number]['examples']): string {
  return first ? `, such as ${first.method} ${first.host}${first.path}` : '';
}
