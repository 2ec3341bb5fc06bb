import { readFeed } from '../../../common/addresses/index.js';
import { counted } from '../../terminal/amounts.js';
import type { Examination } from '../examination.js';
import { type Finding, ok, problem } from '../finding.js';

const SUBJECT = 'block lists';

/** Whether the files with addresses can be used: those of the running balancer, or else those that the configuration names. */
export async function checkBlocklists({ live, config, isLocal }: Examination): Promise<Finding[]> {
  if (live !== null) return live.status.blocklist.files.map(runningFile);
  if (config === null || !isLocal) return [];
  return Promise.all(config.globals.blocklistFiles.map(namedFile));
}

function runningFile({ path, entries, problem: reason }: RunningFile): Finding {
  if (reason === '') return ok(SUBJECT, `${path} holds ${counted(entries, 'network')}`);
  const kept =
    entries === 0
      ? 'nothing of it is blocked'
      : `the ${counted(entries, 'network')} it held before stay blocked`;
  return problem(SUBJECT, `${reason}; ${kept}`, `Correct ${path}: it is read anew when it changes.`);
}

interface RunningFile {
  readonly path: string;
  readonly entries: number;
  readonly problem: string;
}

async function namedFile(path: string): Promise<Finding> {
  try {
    const { size } = await readFeed(path);
    return ok(SUBJECT, `${path} holds ${counted(size, 'network')}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return problem(SUBJECT, `${reason}; nothing of it would be blocked`, `Correct ${path} before the start.`);
  }
}
