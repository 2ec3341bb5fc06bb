import { type BackendStates, type HealthState, RecordIdSource } from '../../common/contract/index.js';
import type { BackendWatch } from './backend.watch.js';
import type { HealthRecorder } from './health.recorder.js';
import type { HealthChange } from './health.status.js';
import type { ProbeClock } from './probe.clock.js';
import type { ProbeResult } from './probes/index.js';

/** Makes verdicts known: to traffic through the shared memory first, then to the log and to listeners. */
export class HealthAnnouncer {
  private readonly ids = new RecordIdSource();
  private readonly listeners: ((change: HealthChange) => void)[] = [];

  constructor(
    private readonly states: BackendStates,
    private readonly recorder: HealthRecorder,
    private readonly clock: ProbeClock,
  ) {}

  onChange(listener: (change: HealthChange) => void): void {
    this.listeners.push(listener);
  }

  probed(watch: BackendWatch, result: ProbeResult): void {
    this.record(watch, watch.judge.health, result);
  }

  /** Takes a backend out of rotation silently: nobody judges it any more. */
  forget(slot: number, serviceSlot: number): void {
    this.states.setHealth(slot, serviceSlot, 'unknown');
  }

  /** The watch's health is not `previous` any more, because of a probe or (null) because it needs none. */
  changed(watch: BackendWatch, previous: HealthState, result: ProbeResult | null): void {
    const { backend, judge } = watch;
    watch.since = this.clock.unixMs();
    this.states.setHealth(backend.slot, backend.serviceSlot, judge.health);
    this.record(watch, previous, result);
    const change: HealthChange = {
      backend: backend.id,
      url: backend.url,
      service: backend.service,
      previous,
      health: judge.health,
      time: watch.since,
      error: result?.error ?? '',
    };
    for (const listener of this.listeners) listener(change);
  }

  private record({ backend, judge }: BackendWatch, previous: HealthState, result: ProbeResult | null): void {
    const { health } = judge;
    const isChange = previous !== health;
    const time = this.clock.unixMs();
    this.recorder.record({
      id: this.ids.next(time),
      time,
      kind: isChange ? 'change' : 'probe',
      service: backend.service,
      backend: backend.id,
      url: backend.url,
      passed: isChange ? health === 'healthy' : result?.outcome === 'passed',
      health,
      previous,
      status: result?.status ?? 0,
      durationUs: result?.durationUs ?? 0,
      error: result?.error ?? '',
    });
  }
}
