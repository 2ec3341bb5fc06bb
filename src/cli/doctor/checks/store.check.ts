import type { Examination } from '../examination.js';
import { type Finding, notice, ok, problem } from '../finding.js';

const SUBJECT = 'store';
/** Leases and retention go by the store's clock, records by ours. */
const CLOCK_TOLERANCE_MS = 2_000;

/** The store that the file names, looked at from here; and what the running balancer says of its own. */
export async function checkStore({ config, live, deep }: Examination): Promise<Finding[]> {
  const findings = live === null ? [] : liveStore(live.status.store, live.status.accessLog);
  if (config === null) return findings;
  const { inspectStore } = await import('../../../modules/storage/index.js');
  const { description, problems, notices, clockAheadMs } = await inspectStore(config.storage, deep);
  const ahead = Math.round((clockAheadMs ?? 0) / 1_000);
  return [
    ...findings,
    ...problems.map((text) => problem(SUBJECT, text)),
    ...notices.map((text) => notice(SUBJECT, text)),
    ...(description === '' ? [] : [ok(SUBJECT, description)]),
    ...(clockAheadMs === null ? [] : [clock(clockAheadMs, ahead)]),
  ];
}

function clock(aheadMs: number, seconds: number): Finding {
  if (Math.abs(aheadMs) <= CLOCK_TOLERANCE_MS) return ok('clock', 'agrees with the store');
  return problem(
    'clock',
    `the clock of the store is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} ours`,
    'Let both machines follow a time server.',
  );
}

interface StoreState {
  readonly state: string;
  readonly error: string;
}

function liveStore(
  { state, error }: StoreState,
  { lost, buffered }: { lost: number; buffered: number },
): Finding[] {
  const isConnected = state === 'connected';
  return [
    isConnected
      ? ok(SUBJECT, 'the running balancer is connected')
      : problem(SUBJECT, `the running balancer says: ${error || state}`),
    ...(lost > 0
      ? [
          notice(
            SUBJECT,
            `${lost} access-log records were lost while the store was away`,
            'accessLog.maxBuffered says how many may wait.',
          ),
        ]
      : []),
    ...(!isConnected && buffered > 0 ? [notice(SUBJECT, `${buffered} access-log records wait for it`)] : []),
  ];
}
