import type { AppliedResource } from '../../modules/admin/resources/change.resource.js';
import { ROUTES } from '../admin/admin.routes.js';
import type { Session } from '../session.js';

/** Keeps the change that is under guard now. */
export async function confirmGuard({ client, terminal }: Session, note?: string): Promise<void> {
  const answer = await client.send<AppliedResource>('POST', ROUTES.confirm, { query: { note } });
  if (terminal.json) terminal.printJson(answer);
  else terminal.print(`The guarded change stays (revision ${answer.revision}).`);
}

/** Takes the change back that is under guard now. */
export async function revertGuard({ client, terminal }: Session, note?: string): Promise<void> {
  const answer = await client.send<AppliedResource>('POST', ROUTES.revert, { query: { note } });
  if (terminal.json) terminal.printJson(answer);
  else terminal.print(`The guarded change was taken back (revision ${answer.revision}).`);
}
