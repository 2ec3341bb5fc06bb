import type { AccessLogOutput } from '../../../../common/config/index.js';
import type { AccessLogRecord } from '../../../../common/contract/index.js';
import { LineOutput, type OutputStats } from './line.output.js';

/** The part of a structured logger that is needed here. */
export interface OutputLog {
  error(fields: object, message: string): void;
}

/** How long what waits may take to be written at the end. */
const CLOSE_DEADLINE_MS = 2_000;

/** The access log as text, beside the store: each record as a line in every output. */
export class AccessLogOutputs {
  private readonly outputs: readonly LineOutput[];

  constructor(settings: readonly AccessLogOutput[], log: OutputLog) {
    const onTrouble = (to: string, reason: string) =>
      log.error({ to, reason }, 'an output of the access log cannot be written; lines wait in memory');
    this.outputs = settings.map((output) => new LineOutput(output, onTrouble));
  }

  /** Whether there is none: then records need not be decoded for it. */
  get isEmpty(): boolean {
    return this.outputs.length === 0;
  }

  /** Recorded exchanges only. Returns at once and never throws. */
  write(records: readonly AccessLogRecord[]): void {
    for (const output of this.outputs) output.add(records);
  }

  stats(): readonly OutputStats[] {
    return this.outputs.map((output) => output.stats());
  }

  /** Writes what waits, for two seconds at the most, and closes the files. */
  async close(): Promise<void> {
    await Promise.all(this.outputs.map((output) => output.close(CLOSE_DEADLINE_MS)));
  }
}
