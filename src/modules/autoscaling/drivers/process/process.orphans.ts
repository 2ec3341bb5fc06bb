import { rm } from 'node:fs/promises';
import { heldProcesses } from './held.processes.js';
import type { HostProcesses } from './host.processes.js';
import { endProcess } from './process.ender.js';
import { type LedgerEntry, ProcessLedger } from './process.ledger.js';
import { hostProcesses } from './this.host.js';

/** One that ended because nobody wanted it any more. */
export interface EndedOrphan {
  readonly service: string;
  readonly pid: number | null;
  readonly port: number | null;
}

/**
 * Ends the processes of the services that are not named: they are not started as processes any more. Those that a living
 * balancer looks after stay. Resolves with what was ended.
 */
export async function endOrphans(folder: string, services: readonly string[]): Promise<EndedOrphan[]> {
  const gone = (await ProcessLedger.services(folder)).filter((service) => !services.includes(service));
  const ended = await Promise.all(
    gone.map((service) => endService(new ProcessLedger(folder, service), service)),
  );
  return ended.flat();
}

async function endService(ledger: ProcessLedger, service: string): Promise<EndedOrphan[]> {
  const host = hostProcesses();
  const ended: EndedOrphan[] = [];
  await Promise.all(
    (await ledger.ids()).map(async (id) => {
      const entry = await ledger.read(id);
      if (entry !== null && (await isLookedAfter(entry, host))) return;
      await endLeftOver(ledger, { id, entry, host });
      ended.push({ service, pid: entry?.pid ?? null, port: entry?.port ?? null });
    }),
  );
  if ((await ledger.ids()).length === 0) await rm(ledger.folder, { recursive: true, force: true });
  return ended;
}

interface LeftOver {
  readonly id: string;
  /** null: its file cannot be read. */
  readonly entry: LedgerEntry | null;
  readonly host: HostProcesses;
}

/** Ends what an entry leads to, and removes the entry. false: it does not end. */
export async function endLeftOver(ledger: ProcessLedger, { id, entry, host }: LeftOver): Promise<boolean> {
  // Also a process with this id that is another one by now leads a group.
  const isSame = entry !== null && (await isLiving(entry, host));
  const doomed = { group: isSame ? entry.pid : null, mark: id, stopMs: entry?.stopMs ?? 0 };
  const isGone = await endProcess(doomed, host);
  if (isGone) ledger.remove(id);
  return isGone;
}

/** Whether the process itself is still there, and not another one with its id. */
export async function isLiving({ pid, started }: LedgerEntry, host: HostProcesses): Promise<boolean> {
  return pid !== null && started !== null && (await host.startOf(pid)) === started;
}

/** Whether its balancer is still there, which may be this one. */
export async function isLookedAfter({ id, owner }: LedgerEntry, host: HostProcesses): Promise<boolean> {
  if (owner === null) return false;
  if (owner.pid === process.pid) return heldProcesses.has(id);
  return (await host.startOf(owner.pid)) === owner.started;
}

/** This process, as an owner. */
export async function ownerHere(host: HostProcesses): Promise<NonNullable<LedgerEntry['owner']>> {
  const started = host.startNow(process.pid) ?? (await host.startOf(process.pid)) ?? '';
  return { pid: process.pid, started };
}
