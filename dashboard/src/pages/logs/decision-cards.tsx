import { Link } from '../../app/router';
import type { AccessLogRecord } from '../../api/types';
import { milliseconds, plural } from '../../format/numbers';
import { Badge } from '../../kit/badge';
import { Card } from '../../kit/card';
import { classNames } from '../../kit/class-names';
import { CAUSES, limitWords, type Limit, PICKS, type Pick, RULES, verdictOf } from './decision-words';
import { servicePath } from '../page-paths';
import styles from './record.module.css';

type Decision = NonNullable<AccessLogRecord['decision']>;

/** What of a record says how it was decided. */
interface Decided {
  readonly decision: AccessLogRecord['decision'];
  readonly dropReason: AccessLogRecord['dropReason'];
}

interface DecisionCardsProps {
  readonly record: Decided;
  /** The same in sentences, above everything. */
  readonly lines?: readonly string[];
}

/** Why it went the way it went. */
export function DecisionCards({ record, lines = [] }: DecisionCardsProps) {
  const { decision } = record;
  if (decision === null) {
    return (
      <Card title="Decision">
        <Sentences lines={lines} />
        {lines.length === 0 && (
          <p className="muted">
            Not kept: nothing was remarkable. Decisions are kept of drops, errors, retries, slow exchanges and
            a sample of the others (<code>accessLog.decisions.sample</code>).
          </p>
        )}
      </Card>
    );
  }
  return (
    <>
      <Card title="Decision" note={CAUSES[decision.cause]}>
        <Sentences lines={lines} />
        <ol className={styles.steps}>
          {stepsOf(record, decision).map(({ name, words, isEnd }) => (
            <li key={name} className={classNames(isEnd && styles.ended)}>
              <b>{name}</b>
              <div>{words}</div>
            </li>
          ))}
        </ol>
      </Card>
      {decision.picks.map((pick, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- their order is all that tells them apart
        <PickCard key={index} pick={pick} />
      ))}
      {decision.morePicks > 0 && (
        <p className="muted">{plural(decision.morePicks, 'more pick')} of this exchange are not kept.</p>
      )}
    </>
  );
}

/** In the order in which things are decided. */
function Sentences({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ol className={styles.lines}>
      {lines.map((line, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- their order is all that tells them apart
        <li key={index}>{line}</li>
      ))}
    </ol>
  );
}

interface Step {
  readonly name: string;
  readonly words: React.ReactNode;
  /** Here it was dropped. */
  readonly isEnd: boolean;
}

/** In the order in which things are decided. */
function stepsOf({ dropReason }: Decided, decision: Decision): Step[] {
  const { route, block, limits, queue, breaker, retryBudget } = decision;
  const steps: (Step | null)[] = [
    block && {
      name: 'Lists and bans',
      words: `${block.verdict}, by ${{ lists: 'the lists of the configuration', bans: 'a ban', service: "the service's lists" }[block.source]}`,
      isEnd: dropReason === 'blocked',
    },
    {
      name: 'Route',
      words: route === null ? 'no service was found' : <Route route={route} />,
      isEnd: dropReason === 'no_route',
    },
    ...limits.map((limit, index) => ({
      name: `Limit ${limit.rule || index + 1}`,
      words: <LimitWords limit={limit} />,
      isEnd: !limit.allowed && !limit.shadow,
    })),
    breaker && {
      name: 'Breaker',
      words: `of the service: ${breaker}`,
      isEnd: dropReason === 'circuit_open',
    },
    queue && {
      name: 'Queue',
      words: `waited ${milliseconds(queue.waitedUs / 1000)} for ${queue.place}, ${plural(queue.ahead, 'other')} before it, room for ${queue.size}`,
      isEnd: dropReason?.startsWith('queue_') ?? false,
    },
    retryBudget && {
      name: 'Retry budget',
      words: `${retryBudget.granted ? 'granted' : 'refused'}: ${retryBudget.percent} % of the requests, at least ${retryBudget.minPerSecond} per second`,
      isEnd: false,
    },
  ];
  return steps.filter((step) => step !== null);
}

function Route({ route }: { route: NonNullable<Decision['route']> }) {
  return (
    <>
      <Link href={servicePath(route.service)}>{route.service}</Link>, by{' '}
      {route.host === '' ? 'any host' : <code>{route.host}</code>} and <code>{route.path}</code>
    </>
  );
}

function LimitWords({ limit }: { limit: Limit }) {
  return (
    <>
      <Badge tone={limit.allowed ? 'good' : 'bad'}>{limit.allowed ? 'allowed' : 'refused'}</Badge>
      {limit.shadow && <Badge>shadow</Badge>} {limitWords(limit)};{' '}
      {limit.allowed ? `${limit.remaining} left` : `the next one after ${milliseconds(limit.waitMs)}`}
    </>
  );
}

function PickCard({ pick }: { pick: Pick }) {
  const picked = pick.candidates.find(({ backend }) => backend === pick.backend);
  return (
    <Card
      title={PICKS[pick.kind]}
      note={
        <>
          {pick.algorithm}
          {pick.group !== null && `, group ${pick.group}`}: {picked && <code>{picked.url}</code>}
          {picked && ', as '}
          {RULES[pick.rule]}
        </>
      }
      flush
    >
      <div className={styles.scroll}>
        <table className={styles.plain}>
          <thead>
            <tr>
              <th scope="col">Candidate</th>
              <th scope="col">Verdict</th>
              <th scope="col" className="number">
                In flight
              </th>
              <th scope="col" className="number">
                Weight
              </th>
              <th scope="col" className="number">
                Score
              </th>
            </tr>
          </thead>
          <tbody>
            {pick.candidates.map((candidate) => (
              <tr key={candidate.backend} className={classNames(candidate.skipped === null && styles.picked)}>
                <td>
                  <code>{candidate.url || candidate.backend}</code>
                </td>
                <td>
                  <Badge
                    tone={candidate.skipped === null ? 'good' : candidate.skipped === 'out' ? 'bad' : 'calm'}
                  >
                    {verdictOf(candidate)}
                  </Badge>
                </td>
                <td className="number">
                  {candidate.inFlight}
                  {candidate.maxInFlight > 0 && ` of ${candidate.maxInFlight}`}
                </td>
                <td className="number">{candidate.weight}</td>
                <td className="number">{scoreOf(candidate)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pick.others > 0 && (
        <p className={styles.others}>and {plural(pick.others, 'other backend')} of the service</p>
      )}
    </Card>
  );
}

function scoreOf({ score, turn }: Pick['candidates'][number]): string {
  if (score !== null) return Number(score.toPrecision(4)).toLocaleString('en');
  return turn === null ? '–' : `in ${plural(turn, 'turn')}`;
}
