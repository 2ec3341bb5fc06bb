/**
 * Takes the workers' batches of encoded access-log records off their hands; must return at once and never throw.
 * The batch belongs to the sink from then on.
 */
export interface RecordSink {
  accept(batch: ArrayBuffer, records: number): void;
}
