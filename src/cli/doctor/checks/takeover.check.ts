import { existsSync } from 'node:fs';
import { isAnswered, takeoverPath } from '../../../control-plane/takeover/takeover.messages.js';
import type { Examination } from '../examination.js';
import { type Finding, notice, ok } from '../finding.js';

const SUBJECT = 'takeover';

/** Whether another process could take over from the balancer that runs here. */
export async function checkTakeover({ isLocal, live, config }: Examination): Promise<Finding[]> {
  if (!isLocal || live === null || config === null || process.platform === 'win32') return [];
  const { tokenFile } = config.admin;
  // Another folder than the balancer's: nothing is known of where they would meet.
  if (!existsSync(tokenFile)) return [];
  const path = takeoverPath(tokenFile);
  if (await isAnswered(path)) return [ok(SUBJECT, 'another process can take over: velocity run --takeover')];
  return [
    notice(
      SUBJECT,
      `nothing answers at ${path}: velocity run --takeover would be refused`,
      'The log of the balancer says why it could not listen there.',
    ),
  ];
}
