import { type FormEvent, useEffect, useState } from 'react';
import { type ApiError, apiErrorOf, call, problemAt } from '../../api/api';
import { invalidate } from '../../api/query';
import type { Applied, Plan } from '../../api/types';
import { Button } from '../../kit/button';
import { Failure, Notice, Skeleton } from '../../kit/condition';
import { Dialog } from '../../kit/dialog';
import { Checkbox, Input, Select } from '../../kit/field';
import { toast } from '../../kit/toast';
import styles from './configuration.module.css';
import { PlanView } from './plan-view';

export interface PlanDialogProps {
  readonly title: string;
  /** On the buttons: `Apply`, `Roll back`. */
  readonly verb: string;
  readonly planPath: string;
  /** Without query, or with one that ends in `&`. */
  readonly applyPath: string;
  /** YAML. */
  readonly body?: string;
  /** Condition of the change. Default: what the plan is based on. */
  readonly ifMatch?: string;
  readonly onApplied: (applied: Applied) => void;
  /** Somebody else changed the configuration meanwhile. */
  readonly onConflict?: () => void;
  readonly onClose: () => void;
}

/** Shows what a change would do, and makes it after a second look, with a note and, if wanted, under guard. */
export function PlanDialog(props: PlanDialogProps) {
  const { title, verb, onClose } = props;
  const { plan, error } = usePlan(props);
  const [isAsking, setAsking] = useState(false);
  if (isAsking && plan) return <ApplyDialog {...props} plan={plan} onBack={() => setAsking(false)} />;
  const isEmpty = plan?.changes.length === 0;
  return (
    <Dialog
      title={title}
      size="large"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button
            look="primary"
            needs="operator"
            blocked={plan === null ? 'There is no plan yet.' : isEmpty ? 'Nothing would change.' : ''}
            onClick={() => setAsking(true)}
          >
            {verb} …
          </Button>
        </>
      }
    >
      {error ? <Failure error={error} /> : plan ? <PlanView plan={plan} /> : <Skeleton label="Planning" />}
    </Dialog>
  );
}

function usePlan({ planPath, body }: PlanDialogProps) {
  const [known, setKnown] = useState<{ plan: Plan | null; error: ApiError | null }>({
    plan: null,
    error: null,
  });
  useEffect(() => {
    const abort = new AbortController();
    call<Plan>('POST', planPath, { body, signal: abort.signal }).then(
      (answer) => setKnown({ plan: answer.body, error: null }),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setKnown({ plan: null, error: apiErrorOf(error) });
      },
    );
    return () => abort.abort();
  }, [planPath, body]);
  return known;
}

function ApplyDialog(props: PlanDialogProps & { plan: Plan; onBack: () => void }) {
  const { title, verb, plan, onBack, onClose } = props;
  const [isGuarded, setGuarded] = useState(false);
  const { apply, isBusy, error } = useApply(props);
  const wrong = (name: string) => problemAt(error, name);
  return (
    <Dialog
      title={`${verb}: ${title}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onBack}>Back to the plan</Button>
          <Button type="submit" form="apply" look="primary" needs="operator" isBusy={isBusy}>
            {verb}
          </Button>
        </>
      }
    >
      <form id="apply" className={styles.form} onSubmit={(event) => void apply(event)}>
        {error && <Notice tone="bad">{error.message}</Notice>}
        <p>
          It makes revision {plan.base + 1} or later, and runs at once at all balancers of this store:{' '}
          {plan.changes.slice(0, 3).join('; ')}
          {plan.changes.length > 3 && ` and ${plan.changes.length - 3} more`}.
        </p>
        <Input
          label="Why"
          name="note"
          maxLength={1000}
          autoFocus
          hint="For the history."
          error={wrong('note')}
        />
        <Checkbox
          label="Under guard: take it back by itself when traffic worsens"
          checked={isGuarded}
          onChange={(event) => setGuarded(event.target.checked)}
        />
        {isGuarded && <Terms wrong={wrong} />}
      </form>
    </Dialog>
  );
}

function Terms({ wrong }: { wrong: (name: string) => string }) {
  return (
    <div className={styles.terms}>
      <Input
        label="Guard for"
        name="guard"
        required
        defaultValue="60s"
        hint="1s to 24h"
        error={wrong('guard')}
      />
      <Select label="Then" name="confirmation" defaultValue="manual">
        <option value="manual">back, unless confirmed</option>
        <option value="auto">stays, if not worse</option>
      </Select>
      <Input
        label="Share of 5xx grows by at most"
        name="maxErrorIncrease"
        defaultValue="5%"
        error={wrong('maxErrorIncrease')}
      />
      <Input
        label="p99 becomes at most so many times as long"
        name="maxLatencyFactor"
        defaultValue="2"
        error={wrong('maxLatencyFactor')}
      />
    </div>
  );
}

function useApply({
  applyPath,
  body,
  ifMatch,
  plan,
  onApplied,
  onConflict,
}: PlanDialogProps & { plan: Plan }) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const apply = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(event.currentTarget)) {
      if (typeof value === 'string' && value.trim() !== '') query.set(name, value.trim());
    }
    setBusy(true);
    try {
      const path = `${applyPath}${applyPath.includes('?') ? '&' : '?'}${query}`;
      const answer = await call<Applied>('POST', path, { body, ifMatch: ifMatch || `"${plan.base}"` });
      invalidate('/api/v1/');
      toast(`Revision ${answer.body.revision} runs${answer.body.guard ? ', under guard' : ''}.`);
      onApplied(answer.body);
    } catch (failure) {
      setBusy(false);
      const why = apiErrorOf(failure);
      if (why.status === 412 && onConflict) onConflict();
      else setError(why);
    }
  };
  return { apply, isBusy, error };
}
