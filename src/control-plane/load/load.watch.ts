import type { ServiceConfig } from '../../common/config/index.js';
import type { BackendStates, SharedMemory } from '../../common/contract/index.js';
import { type BackendLoad, type BalancerLoad, cutLoad } from '../../modules/coordination/index.js';
import type { Publication, PublicationSource } from '../../modules/data-plane/index.js';
import { SCALING_SOURCE } from '../../modules/registry/index.js';
import { ServiceMeter } from './service.meter.js';

const SAMPLE_MS = 200;
/** A worker that was about to pick by the revision before has done so by then. */
const SETTLE_MS = 150;
const SHORTEST_WINDOW_MS = 2_000;

/** By slot. `goneAt`: when it was published no more, by the monotonic clock; null: it still is. */
type BusySlots = Map<number, { readonly id: string; readonly goneAt: number | null }>;
type DrainingSlots = Map<number, { isBusy: boolean }>;
type Sleepers = Map<string, { isWanted: boolean }>;

/**
 * Watches what the other balancers have to know of the traffic here: that of services that are scaled, and of backends that
 * nobody typed in. Without any of these it does nothing.
 */
export class LoadWatch {
  private readonly meters = new Map<string, ServiceMeter>();
  /** Of backends that were not typed in; those that are gone stay while something runs there. */
  private backends: BusySlots = new Map();
  /** Where something runs that is to end. */
  private draining: DrainingSlots = new Map();
  /** Services without a copy, and whether somebody has asked for one. */
  private sleeping: Sleepers = new Map();
  private publications: { readonly revision: number; readonly at: number }[] = [];
  private timer: NodeJS.Timeout | null = null;
  private hurry: () => void = () => undefined;

  constructor(
    private readonly memory: SharedMemory,
    private readonly states: Pick<BackendStates, 'inFlight'>,
    source: PublicationSource,
  ) {
    const published = source.current();
    if (published !== null) this.follow(published);
    source.onPublished((publication) => this.follow(publication));
  }

  /** @param hurry Called when the others should not wait for the next announcement: somebody waits for a copy, a backend is empty. */
  onNews(hurry: () => void): void {
    this.hurry = hurry;
  }

  /** undefined: there has not been anything to say since the start. */
  load(): BalancerLoad | undefined {
    if (this.timer === null) return undefined;
    const now = performance.now();
    const services = [...this.meters.values()].flatMap((meter) => meter.load(now) ?? []);
    return cutLoad({ settled: this.settled(now), services, backends: this.busyBackends(now) });
  }

  private follow({ revision, services }: Publication): void {
    const now = performance.now();
    this.publications.push({ revision, at: now });
    this.settled(now);
    this.followServices(services);
    const isNews = this.followBackends(services, now);
    if (this.timer === null && this.meters.size === 0 && this.backends.size === 0) return;
    this.timer ??= setInterval(() => this.look(), SAMPLE_MS).unref();
    // Who waits for the end of a backend need not wait for the next announcement.
    if (isNews) setTimeout(() => this.hurry(), SETTLE_MS).unref();
  }

  private followServices(services: Publication['services']): void {
    const metered = new Set<string>();
    const sleeping: Sleepers = new Map();
    for (const { config, snapshot } of services) {
      if (config.scaling === null) continue;
      metered.add(config.name);
      this.meter(config, snapshot.slot);
      if (!hasCopy(config)) sleeping.set(config.name, this.sleeping.get(config.name) ?? { isWanted: false });
    }
    for (const name of this.meters.keys()) if (!metered.has(name)) this.meters.delete(name);
    this.sleeping = sleeping;
  }

  /** Whether some drain that did not before. */
  private followBackends(services: Publication['services'], now: number): boolean {
    const backends: BusySlots = new Map();
    const draining: DrainingSlots = new Map();
    for (const { config, snapshot } of services) {
      for (const [index, { id, source, state }] of config.backends.entries()) {
        if (source === null) continue;
        const { slot } = snapshot.backends[index]!;
        backends.set(slot, { id, goneAt: null });
        if (state === 'draining') draining.set(slot, this.draining.get(slot) ?? { isBusy: true });
      }
    }
    this.keepLeftOnes(backends, services, now);
    const isNews = [...draining.keys()].some((slot) => !this.draining.has(slot));
    this.draining = draining;
    return isNews;
  }

  private meter(config: ServiceConfig, slot: number): void {
    const { targets, intervalMs } = config.scaling!;
    const service = {
      name: config.name,
      slot,
      windowMs: Math.max(intervalMs, SHORTEST_WINDOW_MS),
      hasLatency: targets.p95Ms !== undefined,
    };
    const known = this.meters.get(config.name);
    if (known === undefined) this.meters.set(config.name, new ServiceMeter(this.memory, service));
    else known.follow(service);
  }

  /** A slot keeps its holder while something runs there, and is then given to another one. */
  private keepLeftOnes(backends: BusySlots, services: Publication['services'], now: number): void {
    const taken = new Set(services.flatMap(({ snapshot }) => snapshot.backends.map(({ slot }) => slot)));
    for (const [slot, { id, goneAt }] of this.backends) {
      if (!taken.has(slot)) backends.set(slot, { id, goneAt: goneAt ?? now });
    }
    this.backends = backends;
  }

  private look(): void {
    const now = performance.now();
    let isNews = false;
    for (const [name, meter] of this.meters) {
      const isAskedFor = meter.sample(now);
      const sleeper = this.sleeping.get(name);
      if (sleeper === undefined) continue;
      isNews ||= isAskedFor && !sleeper.isWanted;
      sleeper.isWanted = isAskedFor;
    }
    for (const [slot, backend] of this.draining) {
      const isBusy = this.states.inFlight(slot) > 0;
      isNews ||= backend.isBusy && !isBusy;
      backend.isBusy = isBusy;
    }
    if (isNews) this.hurry();
  }

  private busyBackends(now: number): readonly BackendLoad[] {
    const loads: BackendLoad[] = [];
    for (const [slot, { id, goneAt }] of this.backends) {
      const inFlight = this.states.inFlight(slot);
      if (inFlight > 0) loads.push({ id, inFlight });
      else if (goneAt !== null && now - goneAt >= SETTLE_MS) this.backends.delete(slot);
    }
    return loads;
  }

  /** Also forgets those before. */
  private settled(now: number): number {
    const last = this.publications.findLastIndex(({ at }) => now - at >= SETTLE_MS);
    if (last < 0) return 0;
    this.publications.splice(0, last);
    return this.publications[0]!.revision;
  }
}

function hasCopy({ backends }: ServiceConfig): boolean {
  return backends.some(({ source, state }) => source === SCALING_SOURCE && state === 'enabled');
}
