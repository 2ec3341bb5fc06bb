import type { CircuitSettings } from '../policies/breaker.js';
import { cellTime, msUntil } from './cell-time.js';
import { CircuitCell, CircuitState } from './outage-cells.js';

const PASSED = 1 << 16;
const BEGUN = PASSED - 1;
/** A trial that has not ended after the open time, or after this, does not keep others from being tried. */
const LONGEST_TRIAL_MS = 30_000;
/** Beyond this the longest open time is reached whatever the settings are. */
const MOST_DOUBLINGS = 30;
/** Times are cut by up to this share, so that what failed together is not tried together. */
const JITTER = 0.1;

/** In the order of `CircuitState`, which is the wire code of decisions too: append only. */
export const CIRCUIT_STATE_NAMES = ['closed', 'open', 'half-open'] as const;
export type CircuitStateName = (typeof CIRCUIT_STATE_NAMES)[number];

/** A time of which up to a tenth is taken off by chance. */
export function withJitter(ms: number): number {
  return ms * (1 - JITTER * Math.random());
}

/**
 * The state machine of one breaker in four shared cells: closed, open until a time, half-open while trials decide.
 * Every change of the state is made under the service's lock, which the caller holds; asking and beginning a trial is not.
 */
export class Circuit {
  constructor(private readonly cells: Int32Array) {}

  state(row: number): number {
    return Atomics.load(this.cells, row + CircuitCell.state);
  }

  stateName(row: number): CircuitStateName {
    return CIRCUIT_STATE_NAMES[this.state(row)]!;
  }

  /** Milliseconds until it may be half-open, at least 0. */
  opensForMs(row: number, nowMs: number): number {
    return Math.max(0, msUntil(Atomics.load(this.cells, row + CircuitCell.until), nowMs));
  }

  /** From closed or half-open; each time in a row for twice as long. Returns for how long, milliseconds. */
  open(row: number, settings: CircuitSettings, nowMs: number): number {
    const openings = Math.min(Atomics.load(this.cells, row + CircuitCell.openings) + 1, MOST_DOUBLINGS);
    const openMs = withJitter(Math.min(settings.maxOpenMs, settings.openMs * 2 ** (openings - 1)));
    Atomics.store(this.cells, row + CircuitCell.openings, openings);
    Atomics.store(this.cells, row + CircuitCell.until, cellTime(nowMs + openMs));
    // Last: who sees it open sees until when.
    Atomics.store(this.cells, row + CircuitCell.state, CircuitState.open);
    return openMs;
  }

  isOpenTimeOver(row: number, nowMs: number): boolean {
    return this.state(row) === CircuitState.open && this.opensForMs(row, nowMs) === 0;
  }

  halfOpen(row: number, settings: CircuitSettings, nowMs: number): void {
    this.renewTrials(row, 0, settings, nowMs);
    Atomics.store(this.cells, row + CircuitCell.state, CircuitState.halfOpen);
  }

  close(row: number): void {
    Atomics.store(this.cells, row + CircuitCell.openings, 0);
    Atomics.store(this.cells, row + CircuitCell.state, CircuitState.closed);
  }

  /** Whether the caller may send a trial, which is counted from now on. */
  beginTrial(row: number, settings: CircuitSettings): boolean {
    for (;;) {
      const trials = Atomics.load(this.cells, row + CircuitCell.trials);
      if ((trials & BEGUN) >= settings.probes) return false;
      const before = Atomics.compareExchange(this.cells, row + CircuitCell.trials, trials, trials + 1);
      if (before === trials) return true;
    }
  }

  /** Whether trials have been running for so long that they are taken for lost, as with a worker that died. */
  areTrialsLost(row: number, nowMs: number): boolean {
    return this.state(row) === CircuitState.halfOpen && this.opensForMs(row, nowMs) === 0;
  }

  /** Lets as many trials begin as have not passed. */
  forgetLostTrials(row: number, settings: CircuitSettings, nowMs: number): void {
    const passed = Atomics.load(this.cells, row + CircuitCell.trials) >>> 16;
    this.renewTrials(row, passed * PASSED + passed, settings, nowMs);
  }

  /** A trial said nothing: another one may begin. */
  giveBackTrial(row: number): void {
    for (;;) {
      const trials = Atomics.load(this.cells, row + CircuitCell.trials);
      if ((trials & BEGUN) <= trials >>> 16) return;
      if (Atomics.compareExchange(this.cells, row + CircuitCell.trials, trials, trials - 1) === trials)
        return;
    }
  }

  /** Whether enough trials have passed now. */
  passTrial(row: number, settings: CircuitSettings): boolean {
    return (Atomics.add(this.cells, row + CircuitCell.trials, PASSED) >>> 16) + 1 >= settings.probes;
  }

  private renewTrials(row: number, trials: number, settings: CircuitSettings, nowMs: number): void {
    const lostAt = nowMs + Math.min(settings.openMs, LONGEST_TRIAL_MS);
    Atomics.store(this.cells, row + CircuitCell.trials, trials);
    Atomics.store(this.cells, row + CircuitCell.until, cellTime(lostAt));
  }
}
