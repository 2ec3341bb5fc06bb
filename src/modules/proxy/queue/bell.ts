/**
 * Tells this thread that another one has freed something. Asleep while nobody waits here: then nothing is listened for, and
 * who frees something rings nowhere.
 */
export class Bell {
  private listens = false;

  /** @param cell Of this worker, see `WorkerCells.bell`. */
  constructor(
    private readonly cell: Int32Array,
    private readonly onRing: () => void,
  ) {}

  /** Listens from now on until it has rung once. What rang before is not heard: look yourself after this. */
  listen(): void {
    if (this.listens) return;
    const result = Atomics.waitAsync(this.cell, 0, Atomics.load(this.cell, 0));
    if (!result.async) return void setImmediate(this.onRing);
    this.listens = true;
    void this.hear(result.value);
  }

  private async hear(ring: Promise<unknown>): Promise<void> {
    await ring;
    this.listens = false;
    this.onRing();
  }
}
