import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Backoff } from '../../src/common/backoff.js';
import { AccessLogEncoder, type AccessLogRecord } from '../../src/common/contract/index.js';
import {
  AccessLogOutputs,
  type ConsignmentStore,
  DurableAccessLog,
  RollupAccumulator,
} from '../../src/modules/logging/log-store.js';
import { RandomRecords } from './random-records.js';
import { RecordingLog } from './recording-log.js';

/** An access log with its spool in a folder of its own, which several may use one after the other, or at a time. */
export class SpoolFixture {
  readonly path: string;
  readonly log = new RecordingLog();
  private readonly random: RandomRecords;
  private readonly opened: DurableAccessLog[] = [];

  private readonly own: string | null;

  /** @param folder Default: a new one. */
  constructor(seed = 1, folder?: string) {
    this.own = folder === undefined ? mkdtempSync(join(tmpdir(), 'velocity-spool-')) : null;
    this.path = join(folder ?? this.own!, 'spool');
    this.random = new RandomRecords(seed);
  }

  open(
    store: ConsignmentStore,
    settings: { maxBytes?: number; segmentBytes?: number; maxBuffered?: number; store?: string } = {},
  ): DurableAccessLog {
    const spool = {
      maxBytes: 2 ** 31,
      segmentBytes: 2 ** 24,
      maxBuffered: 100_000,
      store: 'test',
      ...settings,
      path: this.path,
    };
    const accessLog = new DurableAccessLog({
      spool,
      store,
      sums: () => new RollupAccumulator(),
      outputs: new AccessLogOutputs([], this.log),
      log: this.log,
      orphanIntervalMs: 50,
    });
    this.opened.push(accessLog);
    accessLog.start();
    return accessLog;
  }

  records(count: number): AccessLogRecord[] {
    return Array.from({ length: count }, () => this.random.record());
  }

  /** Hands records over in batches of this size, as workers do; returns them. */
  accept(accessLog: DurableAccessLog, count: number, size = 256): AccessLogRecord[] {
    const records = this.records(count);
    for (let at = 0; at < count; at += size) {
      const part = records.slice(at, at + size);
      accessLog.accept(encoded(part), part.length);
    }
    return records;
  }

  /** Paths of all files of all spools, relative to the folder. */
  files(ending = ''): string[] {
    return readdirSync(this.path, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending) && statSync(join(this.path, name)).isFile())
      .map((name) => join(this.path, name))
      .toSorted();
  }

  async dispose(): Promise<void> {
    for (const accessLog of this.opened) await accessLog.close(0);
    rmSync(this.own ?? this.path, { recursive: true, force: true });
  }
}

export function encoded(records: readonly AccessLogRecord[]): ArrayBuffer {
  const encoder = new AccessLogEncoder(1024 * 1024);
  for (const record of records) encoder.append(record);
  return encoder.take();
}

/** Tries again at once. */
export function shortBackoff(): Backoff {
  return new Backoff({ baseMs: 1, maxMs: 2 });
}
