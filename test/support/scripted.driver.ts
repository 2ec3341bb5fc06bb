import type { Driver, Instance } from '../../src/modules/autoscaling/drivers/driver.js';

/** A driver whose copies are what a test says; it remembers what it was asked for. */
export class ScriptedDriver implements Driver {
  readonly started: number[] = [];
  readonly stopped: string[] = [];
  isClosed = false;
  /** What `start` waits for before it resolves. */
  slowness: Promise<void> = Promise.resolve();
  /** Thrown by the next calls, by name. */
  readonly failures: { list?: Error; start?: Error } = {};
  private readonly instances = new Map<string, Instance>();
  private readonly watchers = new Set<() => void>();
  private next = 1;

  constructor(private readonly firstPort = 9_201) {}

  list(): Promise<readonly Instance[]> {
    if (this.failures.list !== undefined) return Promise.reject(this.failures.list);
    return Promise.resolve([...this.instances.values()]);
  }

  start(count: number): Promise<void> {
    if (this.failures.start !== undefined) return Promise.reject(this.failures.start);
    this.started.push(count);
    for (const [id, { state }] of this.instances) if (state === 'failed') this.instances.delete(id);
    for (let index = 0; index < count; index++) this.put({});
    return this.slowness;
  }

  stop(ids: readonly string[]): Promise<void> {
    this.stopped.push(...ids);
    for (const id of ids) this.instances.delete(id);
    return Promise.resolve();
  }

  watch(changed: () => void): () => void {
    this.watchers.add(changed);
    return () => this.watchers.delete(changed);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  /** A copy that is there from now on, by default running. Its id. */
  put(settings: Partial<Instance>): string {
    const number = this.next++;
    const id = settings.id ?? `copy-${number}`;
    const url = `http://127.0.0.1:${this.firstPort + number - 1}`;
    const startedAt = Date.now();
    this.instances.set(id, { id, url, state: 'running', startedAt, detail: '', cpu: null, ...settings });
    this.tell();
    return id;
  }

  change(id: string, settings: Partial<Instance>): void {
    this.instances.set(id, { ...this.instances.get(id)!, ...settings });
    this.tell();
  }

  lose(id: string): void {
    this.instances.delete(id);
    this.tell();
  }

  private tell(): void {
    for (const watcher of this.watchers) watcher();
  }
}
