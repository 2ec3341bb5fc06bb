import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { BoundAddress } from '../../../common/contract/index.js';
import type { Examination } from '../examination.js';
import { type Finding, notice, ok, problem } from '../finding.js';
import type { PortHolder } from '../../../common/processes/index.js';

const SUBJECT = 'ports';
const PRIVILEGED_START = '/proc/sys/net/ipv4/ip_unprivileged_port_start';

/** Who holds the ports of traffic and of the admin API. */
export async function checkPorts(examination: Examination): Promise<Finding[]> {
  if (!examination.isLocal) return [];
  const findings = await Promise.all(
    addressesOf(examination).map((address) => checkPort(address, examination)),
  );
  return findings.flat();
}

function addressesOf({ live, config }: Examination): BoundAddress[] {
  const listeners = live?.status.listeners ?? config?.listeners ?? [];
  const admin = live === null && config !== null ? [config.admin] : [];
  const ports = [...listeners, ...admin].filter(({ port }) => port > 0);
  return ports.map(({ host, port }) => ({ host, port }));
}

async function checkPort({ host, port }: BoundAddress, examination: Examination): Promise<Finding[]> {
  const holders = examination.processes.holdersOf(port);
  if (holders.length === 0) return [await checkFree(host, port, examination.live !== null)];
  const balancers = holders.filter(({ isVelocity }) => isVelocity);
  const others = holders.filter(({ isVelocity, pid }) => !isVelocity && pid !== 0);
  const hidden = holders.some(({ pid }) => pid === 0);
  return [
    ...others.map((holder) => ofOther(port, holder)),
    ...(balancers.length > 1 ? [severalBalancers(port, balancers)] : []),
    ...(balancers.length === 1 ? [ofBalancer(port, balancers[0] as PortHolder, examination)] : []),
    ...(hidden ? [hiddenHolder(port, examination.live !== null)] : []),
  ];
}

function ofOther(port: number, { pid, command }: PortHolder): Finding {
  return problem(
    SUBJECT,
    `port ${port} is held by process ${pid} (${command || 'no command line'}), which is no Velocity`,
    `End that process, or choose another port.`,
  );
}

function severalBalancers(port: number, balancers: readonly PortHolder[]): Finding {
  const pids = balancers.map(({ pid }) => pid).join(' and ');
  return problem(
    SUBJECT,
    `port ${port} is shared by ${balancers.length} balancers, processes ${pids}: each takes a part of the connections`,
    'End the one that is not meant to run, or give each an address of its own.',
  );
}

function ofBalancer(port: number, { pid }: PortHolder, { live, admin }: Examination): Finding {
  if (live !== null) return ok(SUBJECT, `port ${port} is held by Velocity, process ${pid}`);
  return notice(
    SUBJECT,
    `port ${port} is held by a Velocity, process ${pid}, but no admin API answers at ${admin.url}`,
    'Name its admin API with --admin.',
  );
}

function hiddenHolder(port: number, isAnswered: boolean): Finding {
  const what = `port ${port} is held by a process of another user`;
  return isAnswered
    ? ok(SUBJECT, `${what}, presumably the balancer that answers`)
    : notice(SUBJECT, what, 'Run the doctor as root to see which.');
}

async function checkFree(host: string, port: number, isRunning: boolean): Promise<Finding> {
  if (isRunning) return ok(SUBJECT, `port ${port}: this machine does not tell who holds it`);
  const first = privilegedStart();
  if (port < first && process.getuid?.() !== 0) {
    return problem(
      SUBJECT,
      `port ${port} needs a privilege that this user lacks (ports below ${first} do)`,
      'Choose a higher port, or give the process CAP_NET_BIND_SERVICE.',
    );
  }
  const error = await bindError(host, port);
  if (error === null) return ok(SUBJECT, `port ${port} of ${host} is free`);
  if (error === 'EADDRINUSE')
    return problem(SUBJECT, `port ${port} of ${host} is in use`, 'Choose another port.');
  return problem(
    SUBJECT,
    `nothing can listen on ${host}:${port} (${error})`,
    'Is the address one of this machine?',
  );
}

/** The code of the error; null: it can be bound. */
function bindError(host: string, port: number): Promise<string | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

function privilegedStart(): number {
  try {
    return Number(readFileSync(PRIVILEGED_START, 'utf8'));
  } catch {
    return process.platform === 'win32' ? 0 : 1_024;
  }
}
