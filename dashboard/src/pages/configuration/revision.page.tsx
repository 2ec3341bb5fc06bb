import { useState } from 'react';
import { useQuery } from '../../api/query';
import type { Page as ListPage, Revision, RevisionDiff } from '../../api/types';
import { navigate, useQueryParameter } from '../../app/router';
import { plural } from '../../format/numbers';
import { fullTime } from '../../format/times';
import { Badge } from '../../kit/badge';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { Loaded } from '../../kit/condition';
import { Select } from '../../kit/field';
import { Page } from '../../kit/page';
import type { PageParameters } from '../page-parameters';
import styles from './configuration.module.css';
import { Patch } from './patch';
import { PlanDialog } from './plan.dialog';

/** One revision: what it changed, what it differs in from now, and the way back to it. */
export default function RevisionPage({ parameters }: PageParameters) {
  const number = parameters['number']!;
  const path = `/api/v1/revisions/${encodeURIComponent(number)}`;
  const query = useQuery<Revision>(path);
  const newest = useQuery<ListPage<Revision>>('/api/v1/revisions?limit=1', { everyMs: 5_000 });
  const isCurrent = String(newest.data?.items[0]?.number) === number;
  const [isRolling, setRolling] = useState(false);
  return (
    <Page
      title={`Revision ${number}`}
      parent={{ href: '/configuration/history', title: 'History' }}
      note={query.data && `${fullTime(query.data.time)} by ${query.data.author}`}
      actions={
        query.data && (
          <Button
            needs="operator"
            look="primary"
            blocked={isCurrent ? 'This is what runs.' : ''}
            onClick={() => setRolling(true)}
          >
            Roll back to it
          </Button>
        )
      }
    >
      <Loaded query={query}>{(revision) => <Facts revision={revision} isCurrent={isCurrent} />}</Loaded>
      <Difference path={path} />
      {isRolling && (
        <PlanDialog
          title={`Back to revision ${number}`}
          verb="Roll back"
          planPath={`${path}/plan`}
          applyPath={`${path}/rollback`}
          onApplied={({ revision }) => navigate(`/configuration/history/${revision}`)}
          onClose={() => setRolling(false)}
        />
      )}
    </Page>
  );
}

function Facts({ revision, isCurrent }: { revision: Revision; isCurrent: boolean }) {
  const { changes, note, origin, restores } = revision;
  return (
    <Card
      title={plural(changes.length, 'change')}
      note={
        <>
          <Badge>{origin}</Badge> {isCurrent && <Badge tone="good">runs now</Badge>}{' '}
          {restores > 0 && <Badge tone="accent">brings back revision {restores}</Badge>}
        </>
      }
    >
      {note && <p className={styles.why}>“{note}”</p>}
      <ul className={styles.changes}>
        {changes.map((change) => (
          <li key={change}>{change}</li>
        ))}
      </ul>
    </Card>
  );
}

function Difference({ path }: { path: string }) {
  const [against, setAgainst] = useQueryParameter('against');
  const query = useQuery<RevisionDiff>(`${path}/diff${against === 'current' ? '?against=current' : ''}`);
  return (
    <Card
      title="Difference"
      actions={
        <Select
          label="Compared with"
          quietLabel
          className={styles.choice}
          value={against}
          onChange={(event) => setAgainst(event.target.value)}
        >
          <option value="">to the one before</option>
          <option value="current">to what runs now</option>
        </Select>
      }
    >
      <Loaded query={query}>
        {({ patch, from, to }) => (
          <>
            <p className="muted">
              What makes revision {from} into revision {to}.
            </p>
            <Patch patch={patch} label={`From revision ${from} to ${to}`} />
          </>
        )}
      </Loaded>
    </Card>
  );
}
