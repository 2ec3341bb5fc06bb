import { useState } from 'react';
import { Link } from '../../app/router';
import { count, percent, plural } from '../../format/numbers';
import { clockTime, duration, fullTime } from '../../format/times';
import { Badge } from '../../kit/badge';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { classNames } from '../../kit/class-names';
import { Empty } from '../../kit/condition';
import { type Lane, type LaneState, sharesOf } from './lanes';
import { servicePath } from '../page-paths';
import styles from './probes.module.css';

const FIRST = 40;
const WORDS: Readonly<Record<LaneState, string>> = {
  healthy: 'healthy',
  unhealthy: 'unhealthy',
  ejected: 'ejected',
  breaker: 'breaker open',
  unknown: 'not known',
};

export interface LaneListProps {
  readonly lanes: readonly Lane[];
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** A lane per backend; those with the most changes first. */
export function LaneList({ lanes, from, to }: LaneListProps) {
  const [most, setMost] = useState(FIRST);
  const shown = lanes.slice(0, most);
  return (
    <Card title="Over time" note={`${plural(lanes.length, 'backend')}, those with the most changes first`}>
      {lanes.length === 0 ? (
        <Empty title="No backends" icon="probes">
          None fits these filters.
        </Empty>
      ) : (
        <>
          <Legend />
          <ul className={styles.lanes} aria-label="Backends over time">
            {shown.map((lane) => (
              <LaneRow key={`${lane.service} ${lane.backend}`} lane={lane} from={from} to={to} />
            ))}
          </ul>
          <Axis from={from} to={to} />
          {lanes.length > most && (
            <div className={styles.more}>
              <Button onClick={() => setMost(most * 4)}>{count(lanes.length - most)} more</Button>
            </div>
          )}
        </>
      )}
    </Card>
  );
}

function LaneRow({ lane, from, to }: { lane: Lane } & Omit<LaneListProps, 'lanes'>) {
  const place = (time: number) => ((time - from) / (to - from)) * 100;
  return (
    <li className={styles.lane}>
      <div className={styles.name}>
        <span className="ellipsis" title={lane.url || `Breaker of ${lane.service}`}>
          {lane.url || 'the whole service'}
        </span>
        <small>
          <Link href={servicePath(lane.service)}>{lane.service}</Link>
          {lane.isFlapping && <Badge tone="warn">flapping</Badge>}
        </small>
      </div>
      <div className={styles.track} role="img" aria-label={wordsOf(lane, to - from)}>
        {lane.stretches.map(({ state, from: begin, to: end }) => (
          <span
            key={begin}
            className={classNames(styles.stretch, styles[state])}
            style={{ left: `${place(begin)}%`, width: `${place(end) - place(begin)}%` }}
            title={`${WORDS[state]} for ${duration(end - begin)}, ${fullTime(begin)} to ${clockTime(end)}`}
          />
        ))}
      </div>
      <span className={styles.share}>{shareWords(lane, to - from)}</span>
    </li>
  );
}

function Legend() {
  return (
    <ul className={styles.legend} aria-label="Colours">
      {(['healthy', 'unhealthy', 'ejected', 'breaker', 'unknown'] as const).map((state) => (
        <li key={state}>
          <span className={classNames(styles.swatch, styles[state])} aria-hidden="true" />
          {WORDS[state]}
        </li>
      ))}
    </ul>
  );
}

function Axis({ from, to }: Omit<LaneListProps, 'lanes'>) {
  const isLong = to - from > 86_400_000;
  const word = isLong ? fullTime : clockTime;
  return (
    <div className={styles.axis} aria-hidden="true">
      <span>{word(from)}</span>
      <span>{word((from + to) / 2)}</span>
      <span>now</span>
    </div>
  );
}

/** Of the time that is known. */
function shareWords(lane: Lane, length: number): string {
  const shares = new Map(sharesOf(lane));
  const known = length - (shares.get('unknown') ?? 0);
  return known <= 0 ? '–' : percent((shares.get('healthy') ?? 0) / known);
}

/** `healthy 98 % of the time, unhealthy 2 %, 3 records`. */
function wordsOf(lane: Lane, length: number): string {
  const shares = sharesOf(lane).map(([state, ms]) => `${WORDS[state]} ${percent(ms / length)}`);
  const last = lane.stretches.at(-1);
  return `${lane.url || lane.service}: ${shares.join(', ')}; ${plural(lane.events, 'change')}; now ${last ? WORDS[last.state] : 'not known'}`;
}
