import type { Plan } from '../../modules/changes/index.js';
import type { AdminClient } from '../admin/admin.client.js';
import { ROUTES } from '../admin/admin.routes.js';
import type { Session } from '../session.js';
import { printPlan } from './plan.view.js';
import { inFile, ofFile, type Proposal, readProposal } from './proposal.reader.js';

/** A replay of ten thousand exchanges takes seconds at most; a large registry takes its time as well. */
const PLAN_DEADLINE_MS = 120_000;

export interface PlanFlags {
  readonly mode?: 'merge' | 'replace';
  /** Exchanges to replay. */
  readonly replay?: number;
  readonly patch?: boolean;
}

/** Shows what a file would change, without changing anything. */
export async function showPlan(
  { client, streams, terminal }: Session,
  path: string,
  flags: PlanFlags,
): Promise<void> {
  const plan = await planOf(client, await readProposal(path, streams), flags);
  if (terminal.json) terminal.printJson(plan);
  else printPlan(terminal, plan, flags.patch ?? false);
}

export async function planOf(
  client: AdminClient,
  proposal: Proposal,
  { mode, replay }: PlanFlags,
): Promise<Plan> {
  const { name, body, mediaType } = proposal;
  const call = { query: { mode, replay }, body, mediaType, deadlineMs: PLAN_DEADLINE_MS };
  try {
    const plan = await client.send<Plan>('POST', ROUTES.plan, call);
    return { ...plan, notices: plan.notices.map((text) => ofFile(name, text)) };
  } catch (error) {
    throw inFile(name, error);
  }
}

/** What taking back to a revision would change. */
export function rollbackPlanOf(client: AdminClient, revision: number, replay?: number): Promise<Plan> {
  const path = `${ROUTES.revision(revision)}/plan`;
  return client.send<Plan>('POST', path, { query: { replay }, deadlineMs: PLAN_DEADLINE_MS });
}
