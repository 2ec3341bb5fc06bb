import { isDeepStrictEqual } from 'node:util';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AccessLogRecord, HealthState } from '../../../common/contract/index.js';
import { ReplayTally } from './replay.tally.js';
import { type ReplayedState, ReplayStage } from './replay.stage.js';
import type { ReplayReport } from './replay.report.js';

/** So many are decided before others of the main thread get their turn: a few milliseconds. */
const CHUNK = 250;

export interface ReplayInput {
  readonly present: ReplayedState;
  readonly proposed: ReplayedState;
  /** The probes' verdict by backend id; null: not known here. */
  readonly healthOf: (backendId: string) => HealthState | null;
  /** Oldest first: limits count in this order. */
  readonly records: readonly AccessLogRecord[];
}

/**
 * Decides recorded exchanges anew, once under the present and once under the proposed configuration, and tells the
 * difference. Runs on the main thread in small pieces; traffic does not notice.
 */
export async function replayExchanges(input: ReplayInput): Promise<ReplayReport> {
  const { present, proposed, healthOf, records } = input;
  const startedMs = performance.now();
  const keepsClients = isDeepStrictEqual(present.trustedProxies, proposed.trustedProxies);
  const tally = new ReplayTally(
    new ReplayStage(present, healthOf),
    new ReplayStage(proposed, healthOf),
    keepsClients,
  );
  for (let start = 0; start < records.length; start += CHUNK) {
    for (const record of records.slice(start, start + CHUNK)) tally.add(record);
    await nextTurn();
  }
  return tally.report(Math.round(performance.now() - startedMs));
}
