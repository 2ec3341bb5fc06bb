import type { PublicationSource } from '../../data-plane/index.js';
import type { Guard } from '../../registry/index.js';
import { whyWorse } from './guard.judge.js';
import type { Comparison, ServiceComparison } from './guard.status.js';
import type { TrafficMeter } from './traffic.meter.js';
import { NO_TRAFFIC, type Traffic, trafficBetween, type TrafficRow } from './traffic.js';
import type { TrafficWindow } from './traffic.window.js';

const MAX_SHOWN_SERVICES = 20;

export interface WatchParts {
  readonly meter: TrafficMeter;
  readonly window: TrafficWindow;
  readonly publications: Pick<PublicationSource, 'current'>;
}

/** Counters of a service when the change came. */
interface ServiceStart {
  readonly slot: number;
  readonly row: TrafficRow;
  readonly baseline: Traffic;
}

/**
 * One guarded change: what traffic was like before it, and what it is like since. Judges everything together and each
 * service that the change touched, so that a small one that fails does not hide behind a large one that does not.
 * Must be made before the change is published.
 */
export class GuardWatch {
  readonly startedAt = Date.now();
  private readonly startRow: TrafficRow;
  private readonly baseline: Traffic;
  private readonly starts = new Map<string, ServiceStart>();
  private touched: ReadonlySet<string> = new Set();

  constructor(
    readonly guard: Guard,
    private readonly parts: WatchParts,
  ) {
    this.startRow = parts.meter.all();
    this.baseline = parts.window.all(this.startRow);
  }

  /** Names of services. Those that are new have no time before the change. */
  touch(names: Iterable<string>): void {
    this.touched = new Set(names);
    const { meter, window } = this.parts;
    for (const [name, slot] of this.touchedSlots()) {
      const row = meter.service(slot);
      this.starts.set(name, { slot, row, baseline: window.service(name, slot, row) });
    }
  }

  all(): Comparison {
    return { now: trafficBetween(this.startRow, this.parts.meter.all()), baseline: this.baseline };
  }

  /** Of touched services that had traffic since the change: most errors first. */
  services(): readonly ServiceComparison[] {
    return this.compared()
      .sort((a, b) => b.now.errors - a.now.errors || b.now.requests - a.now.requests)
      .slice(0, MAX_SHOWN_SERVICES);
  }

  /** Why it should be taken back; null: nothing has worsened beyond its terms. */
  whyWorse(): string | null {
    for (const { service, baseline, now } of this.compared()) {
      const why = whyWorse(baseline, now, this.guard);
      if (why !== null) return `service ${service}: ${why}`;
    }
    const { baseline, now } = this.all();
    return whyWorse(baseline, now, this.guard);
  }

  private compared(): ServiceComparison[] {
    return [...this.touchedSlots()].flatMap(([service, slot]) => {
      const start = this.starts.get(service);
      const known = start?.slot === slot ? start : null;
      const now = trafficBetween(known?.row ?? null, this.parts.meter.service(slot));
      return now.requests === 0 ? [] : [{ service, now, baseline: known?.baseline ?? NO_TRAFFIC }];
    });
  }

  private *touchedSlots(): Generator<[string, number]> {
    for (const { snapshot } of this.parts.publications.current()?.services ?? []) {
      if (this.touched.has(snapshot.name)) yield [snapshot.name, snapshot.slot];
    }
  }
}
