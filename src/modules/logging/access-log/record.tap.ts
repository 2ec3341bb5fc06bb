import type { RecordSink } from './record.sink.js';

/** Is shown a batch before it goes on; must return at once, never throw, and keep nothing of the batch. */
export type BatchListener = (batch: ArrayBuffer, records: number) => void;

/** Stands before the sink of the workers' batches, for those that look at them as they come. Costs nothing while nobody does. */
export class RecordTap implements RecordSink {
  private readonly listeners = new Set<BatchListener>();

  constructor(private readonly sink: RecordSink) {}

  accept(batch: ArrayBuffer, records: number): void {
    for (const listener of this.listeners) listener(batch, records);
    this.sink.accept(batch, records);
  }

  /** Until the returned function is called. */
  listen(listener: BatchListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
