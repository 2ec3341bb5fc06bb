import type { CircuitSettings } from '../policies/breaker.js';
import { Circuit } from './circuit.js';
import { CircuitState, OUTCOME_CELLS, OutcomeCell } from './outage-cells.js';
import { OutcomeWindow, type StepLock } from './outcome.window.js';

/** How a call went: nothing is said about who served it, it succeeded, or it failed. */
export const Verdict = { neutral: 0, success: 1, failure: 2 } as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** What happened to the breaker. */
export type CircuitChange = 'opened' | 'half-open' | 'closed';

/** Whose breaker it is: where its cells are, and whose lock its steps take. */
export interface CircuitPlace {
  /** Slot in the outcome cells. */
  readonly slot: number;
  /** First of its circuit cells. */
  readonly row: number;
  readonly serviceSlot: number;
}

/**
 * A breaker over all workers: the window of its calls, and its state. The same for backends and for services, which differ
 * in where their cells are. A change is returned to the one caller that made it.
 */
export class CircuitBreaker {
  readonly circuit: Circuit;
  readonly window: OutcomeWindow;
  /** For how long the last {@link count} or {@link endTrial} of this thread opened it, milliseconds. */
  openMs = 0;

  constructor(
    circuits: Int32Array,
    private readonly outcomes: Int32Array,
    private readonly lock: StepLock,
  ) {
    this.circuit = new Circuit(circuits);
    this.window = new OutcomeWindow(outcomes, lock);
  }

  /** A call is over that was no trial. Whether it made the breaker open; what led to it is in `window`. */
  count(
    place: CircuitPlace,
    settings: CircuitSettings,
    call: { readonly verdict: Verdict; readonly isSlow: boolean; readonly nowMs: number },
  ): boolean {
    const isFailure = call.verdict === Verdict.failure;
    const isSlow = call.isSlow && settings.slowPercent > 0;
    if (call.verdict === Verdict.neutral && !isSlow) return false;
    if (this.circuit.state(place.row) !== CircuitState.closed) return false;
    const bucket = this.window.turn(place.slot, place.serviceSlot, settings.windowMs, call.nowMs);
    this.window.count(bucket, isFailure, isSlow);
    return (isFailure || isSlow) && this.isTooMuch(place.slot, settings) && this.trip(place, settings, call);
  }

  /** The open time is over, if it is: whether the caller made it half-open. */
  halfOpen(place: CircuitPlace, settings: CircuitSettings, nowMs: number): boolean {
    if (!this.circuit.isOpenTimeOver(place.row, nowMs)) return false;
    return this.step(place, () => {
      if (!this.circuit.isOpenTimeOver(place.row, nowMs)) return false;
      this.circuit.halfOpen(place.row, settings, nowMs);
      return true;
    });
  }

  /** Whether the caller's call is a trial now. Only while half-open. */
  beginTrial(place: CircuitPlace, settings: CircuitSettings, nowMs: number): boolean {
    if (this.circuit.state(place.row) !== CircuitState.halfOpen) return false;
    if (this.circuit.beginTrial(place.row, settings)) return true;
    if (!this.circuit.areTrialsLost(place.row, nowMs)) return false;
    this.step(place, () => {
      if (this.circuit.areTrialsLost(place.row, nowMs))
        this.circuit.forgetLostTrials(place.row, settings, nowMs);
      return true;
    });
    return this.circuit.beginTrial(place.row, settings);
  }

  /** A trial is over. null: the state is what it was. */
  endTrial(
    place: CircuitPlace,
    settings: CircuitSettings,
    verdict: Verdict,
    nowMs: number,
  ): CircuitChange | null {
    if (verdict === Verdict.neutral) {
      this.circuit.giveBackTrial(place.row);
      return null;
    }
    let change: CircuitChange | null = null;
    this.step(place, () => {
      if (this.circuit.state(place.row) !== CircuitState.halfOpen) return false;
      if (verdict === Verdict.failure) {
        this.openNow(place, settings, nowMs);
        this.window.readTrial();
        change = 'opened';
      } else if (this.circuit.passTrial(place.row, settings)) {
        this.closeNow(place);
        change = 'closed';
      }
      return true;
    });
    return change;
  }

  /** By an operator's will, or because it is switched off. Whether it was not closed before. */
  close(place: CircuitPlace): boolean {
    if (this.circuit.state(place.row) === CircuitState.closed) return false;
    return this.step(place, () => {
      if (this.circuit.state(place.row) === CircuitState.closed) return false;
      this.closeNow(place);
      return true;
    });
  }

  private isTooMuch(slot: number, settings: CircuitSettings): boolean {
    const { window } = this;
    window.read(slot);
    if (window.total < settings.minimum) return false;
    const isFailing = window.failures * 100 >= settings.errorPercent * window.total;
    const isSlow = settings.slowPercent > 0 && window.slow * 100 >= settings.slowPercent * window.total;
    return isFailing || isSlow;
  }

  private trip(
    place: CircuitPlace,
    settings: CircuitSettings,
    { nowMs }: { readonly nowMs: number },
  ): boolean {
    return this.step(place, () => {
      if (this.circuit.state(place.row) !== CircuitState.closed) return false;
      this.openNow(place, settings, nowMs);
      return true;
    });
  }

  private openNow(place: CircuitPlace, settings: CircuitSettings, nowMs: number): void {
    this.openMs = this.circuit.open(place.row, settings, nowMs);
    this.window.clear(place.slot);
    Atomics.add(this.outcomes, place.slot * OUTCOME_CELLS + OutcomeCell.openingsTotal, 1);
  }

  private closeNow(place: CircuitPlace): void {
    this.circuit.close(place.row);
    this.window.clear(place.slot);
  }

  /** Runs a rare step under the service's lock. */
  private step(place: CircuitPlace, act: () => boolean): boolean {
    this.lock.acquire(place.serviceSlot);
    try {
      return act();
    } finally {
      this.lock.release(place.serviceSlot);
    }
  }
}
