import type { RunningProxy } from './contenders/contender.js';
import { Neighbours } from './neighbours.js';
import { type CpuReading, readCpu, readResident } from './process-reading.js';
import type { Site } from './site.js';
import { runWrk, type WrkOptions, type WrkResult } from './wrk.js';

/** Work that a proxy left for later belongs to the requests that caused it: we wait until it uses no more than this of a core. */
const QUIET_SHARE = 0.03;
/** Or, where thousands of probes run, this much more than before the load. */
const QUIET_FACTOR = 1.5;
const QUIET_SLICE_MS = 250;
const SETTLE_MS = 20_000;

export interface LoadReading {
  readonly requests: number;
  readonly durationUs: number;
  readonly requestsPerSecond: number;
  /** CPU time of the proxy's whole process tree for one request, with what it does after the load. */
  readonly cpuUs: number;
  /** Of that, all threads but the first of each process. */
  readonly othersUs: number;
  /** Of that, the first thread of each process. */
  readonly mainUs: number;
  /** CPU time of the tree over wall time while the load ran: 1 is one core. */
  readonly busy: number;
  readonly residentBytes: number;
  /** CPU time of programs that are not ours while the load ran, in cores. */
  readonly foreign: number;
  readonly closedLoopUs: WrkResult['latencyUs'];
  /** false: it was still busy when the time to come to rest was over, so some of its work is not in here. */
  readonly isSettled: boolean;
}

export interface MeasuredLoadOptions extends Omit<WrkOptions, 'port'> {
  /** How long it may take to come to rest after the load. Default: 20 s. */
  readonly settleMs?: number;
}

/** A closed loop of load, and what it cost the proxy. */
export async function measureLoad(
  site: Site,
  proxy: RunningProxy,
  options: MeasuredLoadOptions,
): Promise<LoadReading> {
  const { pid } = proxy.child;
  const quietUs = Math.max(QUIET_SHARE * QUIET_SLICE_MS * 1_000, QUIET_FACTOR * (await usedInSlice(pid)));
  const before = readCpu(pid);
  const startedAt = performance.now();
  const neighbours = new Neighbours();
  const wrk = await runWrk(site, { ...options, port: proxy.port });
  const elapsedUs = (performance.now() - startedAt) * 1_000;
  const loaded = readCpu(pid);
  const foreign = neighbours.share();
  const residentBytes = readResident(pid);
  const { settleMs = SETTLE_MS } = options;
  const rest = await untilQuiet(pid, { loaded, quietUs, settleMs });
  const { after } = rest;
  proxy.child.assertRuns();
  const { requests } = wrk;
  return {
    requests,
    durationUs: wrk.durationUs,
    requestsPerSecond: requests / (wrk.durationUs / 1e6),
    cpuUs: (after.totalUs - before.totalUs) / requests,
    othersUs: (after.othersUs - before.othersUs) / requests,
    mainUs: (after.mainUs - before.mainUs) / requests,
    busy: (loaded.totalUs - before.totalUs) / elapsedUs,
    residentBytes,
    foreign,
    closedLoopUs: wrk.latencyUs,
    isSettled: rest.isSettled,
  };
}

async function usedInSlice(pid: number): Promise<number> {
  const before = readCpu(pid);
  await new Promise((resolve) => setTimeout(resolve, QUIET_SLICE_MS));
  return usedUs(before, readCpu(pid));
}

/** Exact, other than `totalUs` with its steps. */
function usedUs(before: CpuReading, after: CpuReading): number {
  return after.mainUs + after.othersUs - before.mainUs - before.othersUs;
}

interface Settling {
  readonly loaded: CpuReading;
  /** CPU time in a slice that counts as rest. */
  readonly quietUs: number;
  readonly settleMs: number;
}

interface Rest {
  /** The last reading before a slice of time in which the proxy did next to nothing. */
  readonly after: CpuReading;
  readonly isSettled: boolean;
}

async function untilQuiet(pid: number, { loaded, quietUs, settleMs }: Settling): Promise<Rest> {
  const deadline = performance.now() + settleMs;
  let after = loaded;
  while (performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, QUIET_SLICE_MS));
    const now = readCpu(pid);
    if (usedUs(after, now) <= quietUs) return { after, isSettled: true };
    after = now;
  }
  return { after, isSettled: false };
}
