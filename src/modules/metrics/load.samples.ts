import type { ServiceCounters } from './service.counters.js';

/** What a service had in flight at the last few looks: one moment alone says little. */
export class LoadSamples {
  private samples: { readonly inFlight: number; readonly waiting: number }[] = [];

  /** @param most So many looks are averaged. */
  constructor(
    private readonly counters: ServiceCounters,
    private readonly most: number,
  ) {}

  /** Looks once more. What it has now. */
  take(slot: number): { readonly inFlight: number; readonly waiting: number } {
    const sample = { inFlight: this.counters.inFlight(slot), waiting: this.counters.waiting(slot) };
    this.samples.push(sample);
    if (this.samples.length > this.most) this.samples.shift();
    return sample;
  }

  /** Of another service from now on. */
  clear(): void {
    this.samples = [];
  }

  /** With one digit after the point. Only after a look. */
  mean(what: 'inFlight' | 'waiting'): number {
    const total = this.samples.reduce((sum, sample) => sum + sample[what], 0);
    return Math.round((total * 10) / this.samples.length) / 10;
  }
}
