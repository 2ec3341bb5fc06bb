import { useQuery } from '../../api/query';
import type { Scaling } from '../../api/types';
import { Link } from '../../app/router';
import { count, plural } from '../../format/numbers';
import { Badge } from '../../kit/badge';
import { Loaded, Notice } from '../../kit/condition';
import { type FigureEntry, Figures } from '../../kit/figures';
import { Page } from '../../kit/page';
import { useLive } from '../../live/live';
import { LiveBadge, LiveNotice } from '../../live/live-badge';
import type { PageParameters } from '../page-parameters';
import { CurveCard } from './curve-card';
import { DecisionCard } from './decision-card';
import { InstanceTable } from './instance-table';
import { servicePath } from '../page-paths';
import { ScalingLogCard } from './scaling-log-card';
import { boundsWords, scalingState, STATE_MEANINGS } from './scaling-words';
import styles from './scaling.module.css';

const RENEW_MS = 3_000;

/** The copies of one service: which there are, how many there were, and why. */
export default function ScaledServicePage({ parameters }: PageParameters) {
  useLive();
  const name = parameters['name']!;
  const query = useQuery<Scaling>(`/api/v1/scaling/${encodeURIComponent(name)}`, { everyMs: RENEW_MS });
  return (
    <Page
      title={name}
      parent={{ href: '/scaling', title: 'Scaling' }}
      note={<Summary name={name} scaling={query.data} />}
    >
      <LiveNotice />
      <Loaded query={query} lines={8}>
        {(scaling) => <Details scaling={scaling} />}
      </Loaded>
    </Page>
  );
}

function Summary({ name, scaling }: { name: string; scaling: Scaling | undefined }) {
  const words = scaling && scalingState(scaling);
  return (
    <span className="row">
      {words && (
        <Badge tone={words.tone} dot>
          {words.label}
        </Badge>
      )}
      <LiveBadge />
      {scaling && `${scaling.driver} driver · ${boundsWords(scaling)} copies`}
      <Link href={servicePath(name)}>the service {name}</Link>
    </span>
  );
}

function Details({ scaling }: { scaling: Scaling }) {
  const { service, state, problem, decision } = scaling;
  return (
    <>
      {problem !== '' && <Notice tone="bad">{problem}</Notice>}
      {state === 'standby' && <Notice>{STATE_MEANINGS[state]}</Notice>}
      <Figures entries={figuresOf(scaling)} />
      <div className={styles.split}>
        <CurveCard scaling={scaling} />
        <DecisionCard decision={decision} state={state} />
      </div>
      <InstanceTable scaling={scaling} />
      <ScalingLogCard service={service} />
    </>
  );
}

function figuresOf({ current, ready, desired, min, max, floor, instances }: Scaling): FigureEntry[] {
  const draining = instances.filter(({ isDraining }) => isDraining).length;
  const starting = current - ready;
  return [
    {
      label: 'Copies',
      value: count(current),
      note: draining > 0 ? `and ${count(draining)} on their way out` : 'there or on their way',
    },
    {
      label: 'Ready',
      value: count(ready),
      note: starting > 0 ? `${count(starting)} not yet` : 'take requests',
      tone: ready === 0 && desired > 0 ? 'bad' : starting > 0 ? 'warn' : undefined,
    },
    { label: 'Wanted', value: count(desired), note: differenceWords(desired - current) },
    {
      label: 'At least, at most',
      value: `${count(Math.max(min, floor))} – ${count(max)}`,
      note:
        floor > min ? `${count(min)}, but a schedule asks for ${count(floor)}` : 'no schedule asks for more',
    },
  ];
}

function differenceWords(more: number): string {
  if (more === 0) return 'as many as there are';
  return more > 0 ? `${plural(more, 'copy', 'copies')} more` : `${plural(-more, 'copy', 'copies')} fewer`;
}
