import { describe, expect, it } from 'vitest';
import { observation } from '../../../../test/support/scaling.js';
import type { ScalingObservation } from '../decision/index.js';
import { traceOf } from './load.trace.js';
import { simulateDecisions } from './replay.js';
import type { ServiceModel } from './service.model.js';
import { simulate, type SimulatedSettings, type SimulationInput } from './simulate.js';
import { steps } from './trace.generator.js';

const MINUTE = 60_000;

const SETTINGS: SimulatedSettings = {
  min: 1,
  max: 30,
  targets: { inFlight: 20 },
  intervalMs: 5_000,
  tolerance: 0.1,
  up: { stabilisationMs: 0, cooldownMs: 0, stepCount: null, stepShare: null },
  down: { stabilisationMs: MINUTE, cooldownMs: 0, stepCount: 1, stepShare: 0.5 },
  idleMs: null,
  drainMs: 30_000,
  schedules: [],
};

const MODEL: ServiceModel = {
  serviceMs: 200,
  startMs: 1_000,
  maxInFlight: 40,
  queue: { size: null, timeoutMs: null, holdMs: null },
};

function simulated(
  changes: Partial<Omit<SimulationInput, 'settings' | 'model'>> & {
    settings?: Partial<SimulatedSettings>;
    model?: Partial<ServiceModel>;
  },
) {
  const settings = { ...SETTINGS, ...changes.settings };
  const model = { ...MODEL, ...changes.model };
  const trace = steps('inFlight', [10, 500, 500, 500, 500, 10], 6 * MINUTE);
  return simulate({ trace, startedAt: 0, ...changes, settings, model });
}

const curve = (result: ReturnType<typeof simulate>) => result.samples.map(({ desired }) => desired);

describe('simulate', () => {
  it('follows a load that jumps within two decisions, rests, and comes back', () => {
    const result = simulated({ trace: steps('inFlight', [10, 500, 500, 500, 500, 10, 10, 10], 8 * MINUTE) });
    const beforeJump = result.decisions.findIndex(({ desired }) => desired > 1);
    expect(result.decisions[beforeJump]!.time).toBe(MINUTE + 5_000);
    expect(result.decisions[beforeJump]!.desired).toBe(25);
    const steady = curve(result).slice(13, 60);
    expect(new Set(steady)).toEqual(new Set([25]));
    expect(curve(result).at(-1)).toBe(1);
    expect(result.summary).toMatchObject({ highest: 25, lowest: 1, refused: 0 });
    expect(result.samples.at(30)).toMatchObject({ inFlight: 500, waiting: 0, ready: 25, p95Ms: 200 });
  });

  it('is the same each time', () => {
    expect(JSON.stringify(simulated({}))).toBe(JSON.stringify(simulated({})));
  });

  it('shows what waiting costs when backends start slowly', () => {
    const trace = steps('requestsPerSecond', [10, 500, 500], 3 * MINUTE);
    const slow = simulated({ trace, model: { startMs: 30_000 } }).summary;
    const quick = simulated({ trace, model: { startMs: 500 } }).summary;
    expect(slow.longestMs!).toBeGreaterThan(quick.longestMs!);
    expect(slow.aboveTargetMs).toBeGreaterThan(quick.aboveTargetMs);
  });

  it('counts the hours of backends, and their price', () => {
    const trace = steps('inFlight', [10], 60 * MINUTE);
    const { summary } = simulated({ trace, price: 0.25, settings: { min: 3 } });
    expect(summary).toMatchObject({ backendHours: 3, cost: 0.75, meanBackends: 3, changes: 0, p95Ms: 200 });
    expect(simulated({ trace }).summary.cost).toBeNull();
  });

  it('refuses what does not fit into the queue of too few', () => {
    const trace = steps('requestsPerSecond', [1_000], MINUTE);
    const queue = { size: 10, timeoutMs: 1_000, holdMs: 0 };
    const { summary } = simulated({ trace, settings: { max: 2 }, model: { queue } });
    // Two backends with 40 at a time, five times a second.
    expect(Math.abs((summary.requests - summary.refused) / MINUTE - 0.4)).toBeLessThan(0.02);
  });

  it('sends the last one to sleep, and wakes it for the first request, which waits', () => {
    const trace = traceOf(
      'requestsPerSecond',
      [
        { atMs: 0, value: 5 },
        { atMs: MINUTE, value: 0 },
        { atMs: 3 * MINUTE, value: 10 },
      ],
      4 * MINUTE,
    );
    const { decisions, summary } = simulated({ trace, settings: { min: 0, idleMs: MINUTE }, first: 1 });
    const asleep = decisions.find(({ desired }) => desired === 0)!;
    expect(asleep.time).toBeGreaterThanOrEqual(2 * MINUTE);
    expect(asleep.time).toBeLessThanOrEqual(2 * MINUTE + 5_000);
    const woken = decisions.find(({ limits }) => limits.includes('wake'))!;
    // The first comes in this tick; then a backend starts.
    expect(woken).toMatchObject({ time: 3 * MINUTE + 100, desired: 1 });
    expect(summary).toMatchObject({ refused: 0, changes: 2 });
    expect(summary.longestMs).toBe(1_300);
  });

  it('holds what a schedule asks for from the moment it begins', () => {
    const schedules = [{ cron: '2 0 * * *', timezone: 'UTC', forMs: MINUTE, min: 4 }];
    const { decisions } = simulated({
      trace: steps('inFlight', [1], 5 * MINUTE),
      settings: { schedules, intervalMs: 50_000, down: SETTINGS.up },
    });
    const changes = decisions.filter(({ current, desired }) => current !== desired);
    expect(changes.map(({ time, desired, limits }) => [time, desired, limits])).toEqual([
      [2 * MINUTE, 4, ['schedule']],
      [3 * MINUTE, 1, []],
    ]);
  });

  it('knows the CPU of backends that can be full', () => {
    const trace = steps('requestsPerSecond', [400], 5 * MINUTE);
    // 400 a second for 0.2 s are 80 at work: 80 of 40 each at half are four.
    const { samples } = simulated({ trace, settings: { targets: { cpu: 0.5 } } });
    expect(samples.at(-1)).toMatchObject({ desired: 4, ready: 4 });
  });

  it('refuses a load of too many decisions', () => {
    const trace = steps('inFlight', [1], 400 * 24 * 3_600_000);
    expect(() => simulated({ trace })).toThrow(/more than 200000/);
  });
});

describe('simulateDecisions', () => {
  it('decides on what was observed, and goes its own way', () => {
    const seen = (time: number, current: number, inFlight: number): ScalingObservation =>
      observation(current, { inFlight }, { time });
    const recorded = [seen(0, 1, 10), seen(5_000, 1, 100), seen(10_000, 4, 100), seen(15_000, 5, 100)];
    const decisions = simulateDecisions(SETTINGS, recorded);
    expect(decisions.map(({ current, desired }) => [current, desired])).toEqual([
      [1, 1],
      [1, 5],
      [5, 5],
      [5, 5],
    ]);
  });

  it('agrees with the course that a simulation took', () => {
    const result = simulated({});
    const seen = result.samples.map(({ time, current, inFlight }) =>
      observation(current, { inFlight }, { time }),
    );
    expect(simulateDecisions(SETTINGS, seen).map(({ desired }) => desired)).toEqual(curve(result));
  });
});
