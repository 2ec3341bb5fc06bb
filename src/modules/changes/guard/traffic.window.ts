import type { PublicationSource } from '../../data-plane/index.js';
import type { TrafficMeter } from './traffic.meter.js';
import { type Traffic, trafficBetween, type TrafficRow } from './traffic.js';

/** Between two samples. A sample of 10,000 services with traffic takes about 10 ms; of those without, next to nothing. */
export const SAMPLE_MS = 15_000;
/** The oldest sample is 45 to 60 seconds old: that is the time before a change which the time after is held against. */
const SAMPLES = 4;

interface ServiceSample {
  readonly slot: number;
  readonly routed: number;
  readonly row: TrafficRow;
}

interface Sample {
  readonly all: TrafficRow;
  readonly services: ReadonlyMap<string, ServiceSample>;
}

/** Remembers the counters of about the last minute, so that there is something to hold the time after a change against. */
export class TrafficWindow {
  /** Oldest first. */
  private samples: Sample[] = [];

  constructor(
    private readonly meter: TrafficMeter,
    private readonly publications: Pick<PublicationSource, 'current'>,
  ) {}

  /** To be called every {@link SAMPLE_MS}. */
  sample(): void {
    const last = this.samples.at(-1);
    const services = new Map<string, ServiceSample>();
    for (const { snapshot } of this.publications.current()?.services ?? []) {
      const { name, slot } = snapshot;
      const routed = this.meter.routedTo(slot);
      const known = last?.services.get(name);
      const isKnown = known !== undefined && known.slot === slot && known.routed === routed;
      services.set(name, isKnown ? known : { slot, routed, row: this.meter.service(slot) });
    }
    this.samples = [...this.samples, { all: this.meter.all(), services }].slice(-SAMPLES);
  }

  /** Of everything, up to now. */
  all(now: TrafficRow): Traffic {
    return trafficBetween(this.samples[0]?.all ?? null, now);
  }

  /** Of one service, whose counters stand in `slot`, up to now. */
  service(name: string, slot: number, now: TrafficRow): Traffic {
    const first = this.samples[0]?.services.get(name);
    return trafficBetween(first?.slot === slot ? first.row : null, now);
  }
}
