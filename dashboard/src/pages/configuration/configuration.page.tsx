import { useEffect, useMemo, useRef, useState } from 'react';
import { type ApiError, apiErrorOf } from '../../api/api';
import { useQuery } from '../../api/query';
import type { Page as ListPage, Revision } from '../../api/types';
import { useExternal } from '../../app/external';
import { guardLeaving, navigate } from '../../app/router';
import { usePermission } from '../../app/session';
import { plural } from '../../format/numbers';
import { Badge } from '../../kit/badge';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { Failure, Notice, Skeleton } from '../../kit/condition';
import { confirm } from '../../kit/confirmation';
import { Page } from '../../kit/page';
import { toast } from '../../kit/toast';
import { CheckCard } from './check-card';
import styles from './configuration.module.css';
import { type Draft, draft, edit, isEdited, loadDraft, revisionOf, takeIn } from './draft';
import { GuardCard } from './guard-card';
import { PlanDialog } from './plan.dialog';
import { type Check, useCheck } from './use-check';
import { YamlEditor, type YamlEditorHandle } from './yaml-editor';

/** The desired state as YAML: edited, checked, planned and applied. */
export default function ConfigurationPage() {
  const now = useExternal(draft);
  const failure = useFirstLoad();
  useUnsavedGuard();
  return (
    <Page
      title="Configuration"
      note={
        now
          ? `Revision ${revisionOf(now.tag)}${isEdited(now) ? ', edited and not applied' : ''}`
          : 'What shall run'
      }
      actions={<Button onClick={() => navigate('/configuration/history')}>History</Button>}
    >
      <GuardCard />
      {now ? (
        <Editing now={now} />
      ) : failure ? (
        <Failure error={failure} retry={() => location.reload()} />
      ) : (
        <Skeleton lines={12} />
      )}
    </Page>
  );
}

function Editing({ now }: { now: Draft }) {
  const check = useCheck(now.text);
  const editor = useRef<YamlEditorHandle>(null);
  const [isPlanning, setPlanning] = useState(false);
  const problems = useProblems(check);
  const { isAllowed } = usePermission('operator');
  const blocked = blockOf(check);
  return (
    <>
      <Meanwhile now={now} />
      <div className={styles.split}>
        <Card
          title="Desired state"
          note={<State now={now} />}
          actions={<Actions now={now} blocked={blocked} onPlan={() => setPlanning(true)} />}
          flush
        >
          <YamlEditor
            label="Desired state as YAML"
            text={now.text}
            onChange={edit}
            problems={problems}
            onSubmit={() => blocked === '' && setPlanning(true)}
            handle={editor}
          />
        </Card>
        <div className="stack">
          <CheckCard
            check={check}
            isEdited={isEdited(now)}
            goTo={(line, column) => editor.current?.goTo(line, column)}
          />
          {!isAllowed && <Notice>You may edit and plan; applying takes the role operator.</Notice>}
        </div>
      </div>
      {isPlanning && <Planning now={now} onClose={() => setPlanning(false)} />}
    </>
  );
}

function State({ now }: { now: Draft }) {
  return isEdited(now) ? <Badge tone="warn">edited</Badge> : <Badge>as it runs</Badge>;
}

function Actions({ now, blocked, onPlan }: { now: Draft; blocked: string; onPlan: () => void }) {
  return (
    <>
      <Button
        look="quiet"
        blocked={isEdited(now) ? '' : 'Nothing was edited.'}
        onClick={() => askToDiscard()}
      >
        Discard
      </Button>
      <Button
        look="primary"
        blocked={blocked || (isEdited(now) ? '' : 'Nothing was edited.')}
        onClick={onPlan}
      >
        Plan
      </Button>
    </>
  );
}

function Planning({ now, onClose }: { now: Draft; onClose: () => void }) {
  const applied = () => {
    onClose();
    void load();
  };
  const conflict = () => {
    onClose();
    toast('Somebody changed the configuration meanwhile: nothing was applied.', 'bad');
  };
  return (
    <PlanDialog
      title="Plan"
      verb="Apply"
      planPath="/api/v1/plan?mode=replace"
      applyPath="/api/v1/apply?mode=replace"
      body={now.text}
      ifMatch={now.tag}
      onApplied={applied}
      onConflict={conflict}
      onClose={onClose}
    />
  );
}

/** Says that what runs is no longer what the text was taken from, and takes it in. */
function Meanwhile({ now }: { now: Draft }) {
  const { data } = useQuery<ListPage<Revision>>('/api/v1/revisions?limit=1', { everyMs: 3_000 });
  const newest = data?.items[0];
  const isEditedNow = isEdited(now);
  const isBehind = newest !== undefined && newest.number > revisionOf(now.tag);
  useEffect(() => {
    // There is nothing to lose: the text follows.
    if (isBehind && !isEditedNow) void load();
  }, [isBehind, isEditedNow]);
  if (!isBehind || !isEditedNow) return null;
  const take = async () => {
    const conflicts = await takeIn().catch((error: unknown) => apiErrorOf(error).message);
    if (typeof conflicts === 'string') toast(conflicts, 'bad');
    else if (conflicts === 0) toast(`Revision ${newest.number} was taken in; your changes are still there.`);
    else toast(`${plural(conflicts, 'place')} changed by both: look for <<<<<<< and choose.`, 'bad');
  };
  return (
    <Notice
      tone="warn"
      action={
        <>
          <Button onClick={() => void take()}>Take it in</Button>
          <Button look="quiet" onClick={askToDiscard}>
            Discard my changes
          </Button>
        </>
      }
    >
      {newest.author} made revision {newest.number} while you edited ({newest.changes.slice(0, 2).join('; ')}
      ). Yours cannot be applied before you take that in: it would undo it.
    </Notice>
  );
}

function useFirstLoad(): ApiError | null {
  const [failure, setFailure] = useState<ApiError | null>(null);
  useEffect(() => {
    if (draft.get() !== null) return;
    loadDraft().catch((error: unknown) => setFailure(apiErrorOf(error)));
  }, []);
  return failure;
}

/** Leaving the page asks; closing the tab does, too. */
function useUnsavedGuard(): void {
  useEffect(() => {
    const unguard = guardLeaving(
      () =>
        !isEdited(draft.get()) ||
        // oxlint-disable-next-line no-alert -- the router needs the answer at once
        window.confirm(
          'Your changes are not applied. Leave all the same? They are kept while this tab is open.',
        ),
    );
    const closing = (event: BeforeUnloadEvent) => isEdited(draft.get()) && event.preventDefault();
    window.addEventListener('beforeunload', closing);
    return () => {
      unguard();
      window.removeEventListener('beforeunload', closing);
    };
  }, []);
}

function useProblems(check: Check): ReadonlyMap<number, string> {
  return useMemo(() => {
    const problems = new Map<number, string>();
    for (const { line, message } of check.issues) if (line) problems.set(line, message);
    return problems;
  }, [check.issues]);
}

function blockOf({ phase }: Check): string {
  if (phase === 'invalid') return 'It has errors: mend them first.';
  return '';
}

function askToDiscard(): void {
  confirm({
    title: 'Discard your changes?',
    effect: 'The editor shows what runs now. What you wrote is gone.',
    verb: 'Discard',
    isDangerous: true,
    act: loadDraft,
  });
}

async function load(): Promise<void> {
  await loadDraft().catch((error: unknown) => toast(apiErrorOf(error).message, 'bad'));
}
