import { existsSync } from 'node:fs';
import type { RevisionDiffResource } from '../../modules/admin/resources/change.resource.js';
import type { Revision } from '../../modules/registry/index.js';
import { ROUTES } from '../admin/admin.routes.js';
import type { AdminClient } from '../admin/admin.client.js';
import { usageFailure } from '../command.failure.js';
import type { Session } from '../session.js';
import { planOf } from './plan.command.js';
import { changeLines, printPatch } from './plan.view.js';
import { readProposal } from './proposal.reader.js';

const CURRENT = 'current';

/**
 * Shows a difference: of a file to what runs; of a revision to the one before; between two revisions; with nothing named, of
 * what runs to the revision before.
 */
export async function showDifference(session: Session, names: readonly string[]): Promise<void> {
  const [first, second] = names;
  if (first !== undefined && !isRevision(first)) return showFile(session, first, second);
  if (second !== undefined && !isRevision(second)) {
    throw usageFailure(`${JSON.stringify(second)} is no revision.`, [
      'Write its number, or `current`; `velocity history` lists them.',
    ]);
  }
  const [from, to] = second === undefined ? [undefined, first] : [first, second];
  await showRevisions(session, from, to ?? CURRENT);
}

async function showRevisions(
  { client, terminal }: Session,
  from: string | undefined,
  to: string,
): Promise<void> {
  const number = to === CURRENT ? await newestRevision(client) : Number(to);
  const path = `${ROUTES.revision(number)}/diff`;
  const difference = await client.get<RevisionDiffResource>(path, { query: { against: from } });
  if (terminal.json) return terminal.printJson(difference);
  terminal.print(terminal.paint('bold', `revision ${difference.from} -> ${difference.to}`));
  print({ terminal }, difference);
}

async function newestRevision(client: AdminClient): Promise<number> {
  const { items } = await client.get<{ items: readonly Revision[] }>(ROUTES.revisions, {
    query: { limit: 1 },
  });
  return items[0]?.number ?? 1;
}

/** What applying the file would change. */
async function showFile(session: Session, path: string, second: string | undefined): Promise<void> {
  if (second !== undefined) throw usageFailure('A file is compared with what runs: name nothing else.');
  const { base, changes, patch } = await planOf(session.client, await readProposal(path, session.streams), {
    replay: 0,
  });
  if (session.terminal.json) session.terminal.printJson({ from: base, changes, patch });
  else print(session, { changes, patch });
}

function print(
  { terminal }: Pick<Session, 'terminal'>,
  { changes, patch }: { readonly changes: readonly string[]; readonly patch: string },
): void {
  if (changes.length === 0 && patch === '') return terminal.print('No difference.');
  if (patch === '') for (const line of changeLines(changes, terminal.paint)) terminal.print(line);
  else printPatch(terminal, patch);
}

/** A number is a revision, unless a file of that name is here. */
function isRevision(text: string): boolean {
  return text === CURRENT || (/^\d{1,15}$/.test(text) && !existsSync(text));
}
