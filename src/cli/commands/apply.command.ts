import type { AppliedResource } from '../../modules/admin/resources/change.resource.js';
import type { Plan } from '../../modules/changes/index.js';
import type { Call } from '../admin/admin.client.js';
import { ROUTES } from '../admin/admin.routes.js';
import { CommandFailure } from '../command.failure.js';
import { ExitCode } from '../exit-code.js';
import type { Session } from '../session.js';
import { visible } from '../terminal/visible-text.js';
import { GuardWatcher, reportEnd } from './guard.watcher.js';
import { type PlanFlags, planOf, rollbackPlanOf } from './plan.command.js';
import { printPlan } from './plan.view.js';
import { inFile, ofFile, readProposal } from './proposal.reader.js';

const APPLY_DEADLINE_MS = 60_000;

export interface ApplyFlags extends PlanFlags {
  readonly note?: string;
  /** How long it has to prove itself; undefined: it stays, whatever comes. */
  readonly guard?: string;
  readonly confirmation?: 'manual' | 'auto';
  readonly maxErrorIncrease?: string;
  readonly maxLatencyFactor?: number;
  /** Without asking. */
  readonly yes?: boolean;
  /** false: returns as soon as it runs, and leaves a guard to others. */
  readonly wait?: boolean;
}

/** Shows what a file changes, asks, applies it, and watches over it when it is guarded. Resolves with the exit code. */
export async function applyFile(session: Session, path: string, flags: ApplyFlags): Promise<number> {
  checkGuardFlags(flags);
  const proposal = await readProposal(path, session.streams);
  const plan = await planOf(session.client, proposal, flags);
  const { body, mediaType, name } = proposal;
  const send = async (call: Call) => {
    try {
      const query = { ...call.query, mode: flags.mode };
      const request = { ...call, query, body, mediaType };
      const applied = await session.client.send<AppliedResource>('POST', ROUTES.apply, request);
      return { ...applied, notices: applied.notices.map((text) => ofFile(name, text)) };
    } catch (error) {
      throw inFile(name, error);
    }
  };
  return take(session, { plan, send, question: `Apply ${name}?` }, flags);
}

/** The same for the state of a revision. */
export async function rollBack(session: Session, revision: number, flags: ApplyFlags): Promise<number> {
  checkGuardFlags(flags);
  const { client } = session;
  const plan = await rollbackPlanOf(client, revision, flags.replay);
  const send = (call: Call) =>
    client.send<AppliedResource>('POST', `${ROUTES.revision(revision)}/rollback`, call);
  return take(session, { plan, send, question: `Go back to revision ${revision}?` }, flags);
}

/** A change that was planned and can be made. */
interface PlannedChange {
  readonly plan: Plan;
  readonly send: (call: Call) => Promise<AppliedResource>;
  readonly question: string;
}

async function take(
  session: Session,
  { plan, send, question }: PlannedChange,
  flags: ApplyFlags,
): Promise<number> {
  const { terminal } = session;
  if (!terminal.json) printPlan(terminal, plan, flags.patch ?? false);
  if (plan.changes.length === 0) {
    if (terminal.json) terminal.printJson({ applied: null, plan });
    return ExitCode.ok;
  }
  if (flags.yes !== true && terminal.isInteractive && !(await terminal.confirm(question))) {
    throw new CommandFailure('Nothing was changed.', { code: 'DECLINED' });
  }
  const { note, guard, confirmation, maxErrorIncrease, maxLatencyFactor } = flags;
  // What was shown is what is done: a change by somebody else in between is refused, with 412.
  const applied = await send({
    query: { note, guard, confirmation, maxErrorIncrease, maxLatencyFactor },
    ifMatch: String(plan.base),
    deadlineMs: APPLY_DEADLINE_MS,
  });
  if (!terminal.json) sayApplied(session, applied);
  return settle(session, applied, plan, flags);
}

async function settle(
  session: Session,
  applied: AppliedResource,
  plan: Plan,
  { wait }: ApplyFlags,
): Promise<number> {
  const { terminal } = session;
  const { guard } = applied;
  if (guard === null || wait === false) {
    if (terminal.json) terminal.printJson({ applied, plan });
    return ExitCode.ok;
  }
  const end = await new GuardWatcher(session, guard).watch();
  if (terminal.json) terminal.printJson({ applied, plan, end });
  return reportEnd(session, guard, end);
}

function sayApplied({ terminal }: Session, { revision, notices }: AppliedResource): void {
  for (const text of notices) terminal.notice(visible(text));
  terminal.print(terminal.paint('green', `Revision ${revision} runs.`));
}

/** Terms of a guard mean nothing without one. */
function checkGuardFlags({ guard, confirmation, maxErrorIncrease, maxLatencyFactor }: ApplyFlags): void {
  const terms = {
    '--confirmation': confirmation,
    '--max-error-increase': maxErrorIncrease,
    '--max-latency-factor': maxLatencyFactor,
  };
  const stray = Object.entries(terms).find(([, value]) => value !== undefined)?.[0];
  if (guard !== undefined || stray === undefined) return;
  throw new CommandFailure(`${stray} goes with --guard, such as --guard 60s.`, {
    exitCode: ExitCode.invalid,
    code: 'USAGE',
  });
}
