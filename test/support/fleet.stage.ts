import type { ScalingDriverConfig } from '../../src/common/config/index.js';
import type { ScalingLogRecord } from '../../src/common/contract/index.js';
import { BackendChanges } from '../../src/modules/autoscaling/fleet/backend.changes.js';
import { Fleet } from '../../src/modules/autoscaling/fleet/fleet.js';
import { ScaledBackends } from '../../src/modules/autoscaling/fleet/scaled-backends.js';
import { ScalingJournal } from '../../src/modules/autoscaling/scaling.journal.js';
import type { Publication } from '../../src/modules/data-plane/index.js';
import type { BackendChange, RegistryView } from '../../src/modules/registry/index.js';
import { RecordingLog } from './recording-log.js';
import { ScriptedDriver } from './scripted.driver.js';
import { ScriptedOthers } from './scripted.others.js';

interface StagedBackend {
  readonly id: string;
  readonly url: string;
  readonly source: string | null;
  readonly state: 'enabled' | 'draining' | 'disabled';
}

export const SERVICE = 'shop';
export const SETTINGS = {
  source: { driver: 'docker' } as ScalingDriverConfig,
  drainMs: 60_000,
  startMs: 60_000,
};

/** A fleet over a scripted driver, and a registry and a shared memory that the test sees and sets. */
export class FleetStage {
  readonly driver = new ScriptedDriver();
  readonly records: ScalingLogRecord[] = [];
  /** Each entry is one revision. */
  readonly revisions: (readonly BackendChange[])[] = [];
  /** Thrown by the registry. */
  failure: Error | null = null;
  /** Exchanges at a backend, by URL. */
  readonly inFlight = new Map<string, number>();
  /** URLs of backends that take nothing. */
  readonly unavailable = new Set<string>();
  /** The other balancers; nobody, unless the test says something else. */
  readonly others = new ScriptedOthers();
  readonly fleet: Fleet;
  readonly opened: ScriptedDriver[] = [];
  private list: readonly StagedBackend[] = [];
  private view = this.viewed();

  constructor(settings: Partial<typeof SETTINGS> = {}) {
    const backends = new ScaledBackends({
      registry: { current: () => this.view },
      publications: { current: () => this.published() },
      states: {
        isAvailable: (slot) => !this.unavailable.has(this.urlAt(slot)),
        inFlight: (slot) => this.inFlight.get(this.urlAt(slot)) ?? 0,
      },
      others: this.others,
    });
    const changes = new BackendChanges({ changeBackends: (all) => this.store(all) });
    const journal = new ScalingJournal(
      { record: (record) => void this.records.push(record) },
      new RecordingLog(),
    );
    const open = () => {
      const driver = this.opened.length === 0 ? this.driver : new ScriptedDriver(9_301);
      this.opened.push(driver);
      return Promise.resolve(driver);
    };
    const knock = () => Promise.resolve(true);
    this.fleet = new Fleet(
      { service: SERVICE, open, backends, changes, journal, knock },
      { ...SETTINGS, ...settings },
    );
  }

  get backends(): readonly StagedBackend[] {
    return this.list;
  }

  /** Those that take requests. */
  get serving(): readonly string[] {
    return this.list
      .filter(({ state, url }) => state === 'enabled' && !this.unavailable.has(url))
      .map(({ url }) => url);
  }

  put(backend: Pick<StagedBackend, 'url'> & Partial<StagedBackend>): void {
    this.change([...this.list, { id: `id-${backend.url}`, source: null, state: 'enabled', ...backend }]);
  }

  kinds(): readonly string[] {
    return this.records.map(({ kind }) => kind);
  }

  private store(changes: readonly BackendChange[]): Promise<RegistryView> {
    if (this.failure !== null) return Promise.reject(this.failure);
    this.revisions.push(changes);
    let next = [...this.list];
    for (const change of changes) {
      if (change.kind === 'add') {
        const { url, source = null } = change.backend;
        next.push({ id: `id-${url}`, url, source, state: 'enabled' });
      }
      if (change.kind === 'remove') next = next.filter(({ id }) => id !== change.backend);
      if (change.kind === 'patch') {
        const { state = 'enabled' } = change.patch;
        next = next.map((one) => (one.id === change.backend ? { ...one, state } : one));
      }
    }
    this.change(next);
    return Promise.resolve(this.view);
  }

  private change(backends: readonly StagedBackend[]): void {
    this.list = backends;
    this.view = this.viewed();
  }

  private viewed(): RegistryView {
    const services = [{ name: SERVICE, backends: this.list, scaling: null }];
    return { revision: { number: this.revisions.length }, services } as unknown as RegistryView;
  }

  private published(): Publication {
    const backends = this.list.map(({ id, url }) => ({ id, slot: slotOf(url) }));
    return { services: [{ snapshot: { name: SERVICE, slot: 0, backends } }] } as unknown as Publication;
  }

  private urlAt(slot: number): string {
    return `http://127.0.0.1:${slot}`;
  }
}

/** Its port. */
function slotOf(url: string): number {
  return Number(new URL(url).port);
}
