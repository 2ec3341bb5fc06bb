import { EventEmitter } from 'node:events';
import { matches, RESOURCES, type KubernetesObject, type WatchEvent } from './objects.js';

/** What etcd is to the API server: objects, one version over all of them, and the events since the last compaction. */
export class ObjectStore {
  /** Emits `event` with the resource and a {@link WatchEvent}. */
  readonly events = new EventEmitter().setMaxListeners(0);
  private readonly objects = new Map<string, KubernetesObject>();
  private readonly log: { resource: string; event: WatchEvent }[] = [];
  private compacted = 0;
  version = 100;

  get(resource: string, name: string): KubernetesObject | undefined {
    return this.objects.get(`${resource}/${name}`);
  }

  list(resource: string, selector = ''): KubernetesObject[] {
    return [...this.objects]
      .filter(([key]) => key.startsWith(`${resource}/`))
      .map(([, object]) => object)
      .filter((object) => matches(object.metadata.labels ?? {}, selector));
  }

  /** Stores under a new version. */
  put(resource: string, object: Omit<KubernetesObject, 'kind'> & { kind?: string }): KubernetesObject {
    this.version += 1;
    const stored = structuredClone({ ...object, kind: RESOURCES[resource]!.kind }) as KubernetesObject;
    stored.metadata.resourceVersion = String(this.version);
    const type = this.get(resource, stored.metadata.name) === undefined ? 'ADDED' : 'MODIFIED';
    this.objects.set(`${resource}/${stored.metadata.name}`, stored);
    this.tell(resource, { type, object: stored, version: this.version });
    return stored;
  }

  /** Changes a copy and stores it. */
  change(resource: string, name: string, change: (object: KubernetesObject) => void): KubernetesObject {
    const object = structuredClone(this.get(resource, name)!);
    change(object);
    return this.put(resource, object);
  }

  remove(resource: string, name: string): void {
    const object = this.get(resource, name);
    if (object === undefined) return;
    this.version += 1;
    this.objects.delete(`${resource}/${name}`);
    const last = structuredClone(object);
    last.metadata.resourceVersion = String(this.version);
    this.tell(resource, { type: 'DELETED', object: last, version: this.version });
  }

  /** Events after this version; null: they are forgotten, which is 410 Gone. */
  since(resource: string, version: number): readonly WatchEvent[] | null {
    if (version < this.compacted) return null;
    return this.log
      .filter((entry) => entry.resource === resource && entry.event.version > version)
      .map(({ event }) => event);
  }

  /** Forgets all events, also for those who have just read their version. */
  compact(): void {
    this.version += 1;
    this.compacted = this.version;
  }

  private tell(resource: string, event: WatchEvent): void {
    this.log.push({ resource, event });
    this.events.emit('event', resource, event);
  }
}
