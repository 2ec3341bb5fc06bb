import type { OutputStats } from './outputs/line.output.js';

/** What the thread of the access log knows of itself. `received + recovered = stored + buffered + lost`. Records, unless it says otherwise. */
export interface DurableAccessLogStatus {
  /** From the workers. */
  readonly received: number;
  /** Found in spools of earlier processes. */
  readonly recovered: number;
  /** Acknowledged by the store. */
  readonly stored: number;
  /** Waiting, on disk or in memory, or on their way to the store. */
  readonly buffered: number;
  /** Given up. */
  readonly lost: number;
  /** Damaged parts of the spool that were passed over, and unfinished ends that were cut off. */
  readonly corruptFrames: number;
  /** On disk, bytes. */
  readonly spooledBytes: number;
  readonly segments: number;
  /** Age of the oldest record that is not stored, milliseconds; 0: all are. */
  readonly lagMs: number;
  /** Why the last try failed, or records were lost; empty: never. */
  readonly lastError: string;
  /** Unix milliseconds; 0: never. */
  readonly lastStoredAt: number;
  /** Where records are written as text. */
  readonly outputs: readonly OutputStats[];
}

/** The same, as the rest of the program sees it. */
export interface AccessLogStatus extends DurableAccessLogStatus {
  /** `idle`: not started yet; `restarting`: it has ended by a fault and is started again; `closed`: for good. */
  readonly thread: 'idle' | 'running' | 'restarting' | 'closed';
  /** Times that it was started again. */
  readonly threadRestarts: number;
}

export const NOTHING_LOGGED: DurableAccessLogStatus = {
  received: 0,
  recovered: 0,
  stored: 0,
  buffered: 0,
  lost: 0,
  corruptFrames: 0,
  spooledBytes: 0,
  segments: 0,
  lagMs: 0,
  lastError: '',
  lastStoredAt: 0,
  outputs: [],
};
