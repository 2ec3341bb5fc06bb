import { readFileSync } from 'node:fs';
import { count } from '../../terminal/amounts.js';
import type { Examination } from '../examination.js';
import { type Finding, notice, ok } from '../finding.js';

const SUBJECT = 'files';
/** Store, logs, probes, the admin API. */
const OWN_FILES = 200;

/** Each exchange may need two sockets, one on either side: whether as many may be open as the listeners accept. */
export async function checkFileLimits({ config, live, processes, isLocal }: Examination): Promise<Finding[]> {
  if (config === null || !isLocal) return [];
  const connections = config.listeners.reduce((sum, { maxConnections }) => sum + maxConnections, 0);
  const [balancer] = live === null ? [] : processes.balancers();
  const limit = readLimit(balancer?.pid ?? 'self');
  if (limit === null) return [];
  const needed = connections * 2 + OWN_FILES;
  const whose = balancer === undefined ? 'a process of this user' : `the balancer (process ${balancer.pid})`;
  const what = `${whose} may have ${count(limit)} files open`;
  if (limit >= needed) return [ok(SUBJECT, `${what}, enough for ${count(connections)} connections`)];
  return [
    notice(
      SUBJECT,
      `${what}; ${count(connections)} connections with as many to backends need ${count(needed)}`,
      `Raise the limit (ulimit -Hn, LimitNOFILE= of systemd), or lower listeners[].limits.connections to ${count(Math.max(1, Math.floor((limit - OWN_FILES) / 2)))}.`,
    ),
  ];
}

/** Node raises its own limit to the hard one, so that one counts. null: this machine does not tell. */
function readLimit(process: number | 'self'): number | null {
  try {
    const [, hard = ''] =
      /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync(`/proc/${process}/limits`, 'utf8')) ?? [];
    return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
  } catch {
    return null;
  }
}
