import { type AuditLogRecord, RecordIdSource } from '../../../common/contract/index.js';
import { withoutTokens } from '../../../common/secrets/index.js';
import { PlainParcel } from '../shipping/parcel.js';
import { RecordShipper, type ShipperOptions, type ShipperStats } from '../shipping/record.shipper.js';
import type { AuditEntry } from './audit.entry.js';
import { RepeatedRefusals } from './repeated.refusals.js';

const MAX_TEXT = 1_000;

/** Takes the records of changes and of refused attempts, and brings them to the store like those of the other logs. */
export class AuditLogRecorder {
  private readonly shipper: RecordShipper<AuditLogRecord>;
  private readonly ids = new RecordIdSource();
  private readonly refusals = new RepeatedRefusals(({ entry, time, count }) => this.ship(entry, time, count));

  constructor(options: ShipperOptions<AuditLogRecord>) {
    this.shipper = new RecordShipper(options);
  }

  /** Returns at once and never throws. Repeated refusals are gathered: see {@link RepeatedRefusals}. */
  record(entry: AuditEntry): void {
    const now = Date.now();
    const clean = { ...entry, resource: shortText(entry.resource), note: shortText(entry.note) };
    const shipped = clean.outcome === 'done' ? clean : this.refusals.first(clean, now);
    if (shipped !== null) this.ship(shipped, now, 1);
  }

  stats(): ShipperStats {
    return this.shipper.stats();
  }

  /** See {@link RecordShipper.flush}. Repeated refusals of the running minute are still counted. */
  flush(deadlineMs: number): Promise<number> {
    return this.shipper.flush(deadlineMs);
  }

  /** See {@link RecordShipper.close}. */
  close(deadlineMs: number): Promise<number> {
    this.refusals.end();
    return this.shipper.close(deadlineMs);
  }

  private ship(entry: AuditEntry, time: number, count: number): void {
    this.shipper.add(new PlainParcel([{ id: this.ids.next(time), time, ...entry, count }]));
  }
}

/** Concealed before it is cut: half a secret is one, too. */
function shortText(text: string): string {
  const clean = withoutTokens(text);
  return clean.length > MAX_TEXT ? `${clean.slice(0, MAX_TEXT)}...` : clean;
}
