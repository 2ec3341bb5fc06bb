import { array, assert, constantFrom, double, integer, nat, option, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observation } from '../../../../test/support/scaling.js';
import type { ScalingDirectionConfig } from '../../../common/config/index.js';
import { decide, NO_MEMORY } from './decide.js';
import type { ScalingMemory, ScalingObservation } from './decision.js';
import type { ScalingSettings } from './settings.js';

const TICK = 1_000;

const direction = record<ScalingDirectionConfig>({
  stabilisationMs: nat(8).map((ticks) => ticks * TICK),
  cooldownMs: nat(4).map((ticks) => ticks * TICK),
  stepCount: option(integer({ min: 1, max: 5 })),
  stepShare: option(constantFrom(0.1, 0.25, 0.29, 0.5, 1)),
});

const settings = record({
  min: nat(3),
  more: nat(12),
  inFlight: option(integer({ min: 1, max: 30 }), { nil: undefined }),
  cpu: option(constantFrom(0.3, 0.7), { nil: undefined }),
  tolerance: constantFrom(0, 0.1, 0.3),
  up: direction,
  down: direction,
  idleMs: option(nat(6).map((ticks) => ticks * TICK)),
}).map(({ min, more, inFlight, cpu, ...rest }): ScalingSettings => {
  const targets = { ...(inFlight === undefined ? {} : { inFlight }), ...(cpu === undefined ? {} : { cpu }) };
  return { ...rest, min, max: Math.max(1, min + more), targets };
});

/** What happens from one look to the next. */
interface Look {
  readonly inFlight: number | null;
  readonly cpu: number | null;
  readonly floor: number;
  readonly waiting: number;
  /** Of what is there, those that are not ready. */
  readonly starting: number;
  /** Copies that died. */
  readonly lost: number;
}

const look = record<Look>({
  inFlight: option(nat(400), { freq: 9 }),
  cpu: option(double({ min: 0, max: 1.5, noNaN: true }), { freq: 5 }),
  floor: constantFrom(0, 0, 0, 2, 20),
  waiting: constantFrom(0, 0, 1, 50),
  starting: nat(2),
  lost: constantFrom(0, 0, 0, 1),
});

const BUSY = { inFlight: 40, cpu: 0.4, floor: 0, waiting: 0, starting: 0, lost: 0 } satisfies Look;

interface Step {
  readonly at: ScalingObservation;
  readonly floor: number;
  readonly memory: ScalingMemory;
  readonly answer: ReturnType<typeof decide>;
}

/** What is decided is there at the next look, but for what is lost. */
function run(of: ScalingSettings, first: number, looks: readonly Look[]): Step[] {
  const steps: Step[] = [];
  let memory = NO_MEMORY;
  let current = first;
  let lastRequestAt: number | null = null;
  for (const [index, { inFlight, cpu, floor, waiting, starting, lost }] of looks.entries()) {
    const time = index * TICK;
    if ((inFlight ?? 0) > 0 || waiting > 0) lastRequestAt = time;
    current = Math.max(0, current - lost);
    const ready = Math.max(0, current - starting);
    const at = observation(current, { inFlight, cpu }, { time, ready, waiting, lastRequestAt });
    const answer = decide(of, at, memory, floor);
    steps.push({ at, floor, memory, answer });
    memory = answer.memory;
    current = answer.decision.desired;
  }
  return steps;
}

const runs = (check: (of: ScalingSettings, steps: Step[]) => void) =>
  assert(
    property(settings, nat(15), array(look, { minLength: 1, maxLength: 40 }), (of, first, looks) =>
      check(of, run(of, first, looks)),
    ),
    { numRuns: 400 },
  );

/** What the settings mean, written down anew and without regard to the price: the whole past is looked at each time. */
function oracle(of: ScalingSettings, past: readonly Step[], { at, floor }: Step): number {
  const { current, ready, time, metrics } = at;
  const low = Math.min(of.max, Math.max(of.min, floor));
  const asked = [...past, { at, floor } as Step].map((step) => ({
    time: step.at.time,
    count: askedAt(of, step),
  }));
  const seed = { time: past[0]?.at.time ?? time, count: past[0]?.at.current ?? current };
  const within = (windowMs: number) =>
    [seed, ...asked].filter((one) => one.time > time - windowMs).map(({ count }) => count);
  const now = asked.at(-1)!.count;
  const awake = past.findLastIndex((step) => step.at.current === 0);
  const since = past[awake + 1]?.at.time ?? time;
  const quiet = time - Math.max(at.lastRequestAt ?? -Infinity, current === 0 ? -Infinity : since);
  const isIdle = of.idleMs !== null && at.waiting === 0 && !metrics.inFlight && quiet >= of.idleMs;
  if (current === 0 && low === 0) return at.waiting > 0 || (now > 0 && !isIdle) ? 1 : 0;
  const clamp = (count: number) => Math.min(of.max, Math.max(low, 1, count));
  const lowest = clamp(Math.min(now, ...within(of.up.stabilisationMs)));
  const highest = clamp(Math.max(now, ...within(of.down.stabilisationMs)));
  let desired = current < lowest ? lowest : current > highest ? highest : clamp(current);
  if (low === 0 && desired === 1 && isIdle) desired = 0;
  const side = desired > current ? of.up : of.down;
  const changes = past.filter(({ answer: { decision } }) =>
    desired > current ? decision.desired > decision.current : decision.desired < decision.current,
  );
  const last = changes.at(-1)?.at.time ?? -Infinity;
  if (desired !== current && time - last < side.cooldownMs) desired = current;
  const steps = [
    ...(side.stepCount === null ? [] : [side.stepCount]),
    ...(side.stepShare === null ? [] : [Math.max(1, Math.floor(current * side.stepShare + 1e-9))]),
  ];
  const most = steps.length === 0 ? Infinity : Math.max(...steps);
  desired = Math.min(current + most, Math.max(current - most, desired));
  expect(ready).toBeLessThanOrEqual(current);
  return Math.min(of.max, Math.max(low, desired));
}

function askedAt(of: ScalingSettings, { at, floor }: Step): number {
  const { current, ready, metrics } = at;
  const counts: number[] = [];
  let isUnknown = false;
  const { inFlight, cpu } = of.targets;
  if (inFlight === undefined && cpu === undefined) return Math.min(of.max, Math.max(of.min, floor));
  const near = (ratio: number) => Math.abs(ratio - 1) <= of.tolerance + 1e-9;
  if (inFlight !== undefined && metrics.inFlight === null) isUnknown = true;
  else if (inFlight !== undefined) {
    const isNear = current > 0 && near(metrics.inFlight! / inFlight / current);
    counts.push(isNear ? current : Math.ceil(metrics.inFlight! / inFlight - 1e-9));
  }
  if (cpu !== undefined && current > 0 && metrics.cpu === null) isUnknown = true;
  else if (cpu !== undefined && current > 0) {
    const ratio = metrics.cpu! / cpu;
    const grown = Math.max(current, Math.ceil(ready * ratio - 1e-9));
    const scaled = ratio > 1 ? grown : Math.max(0, Math.ceil(current * ratio - 1e-9));
    counts.push(near(ratio) ? current : scaled);
  }
  const count = Math.max(0, ...counts);
  return isUnknown && count < current ? current : count;
}

describe('decide, for any settings and any course of things', () => {
  it('answers as a plain reading of the settings does', () => {
    runs((of, steps) => {
      for (const [index, step] of steps.entries()) {
        expect(step.answer.decision.desired).toBe(oracle(of, steps.slice(0, index), step));
      }
    });
  });

  it('stays within min and max, and above what the schedules ask for', () => {
    runs((of, steps) => {
      for (const { floor, answer } of steps) {
        expect(answer.decision.desired).toBeGreaterThanOrEqual(Math.min(of.max, Math.max(of.min, floor)));
        expect(answer.decision.desired).toBeLessThanOrEqual(of.max);
      }
    });
  });

  it('says what made it another count than the metrics asked for', () => {
    runs((_, steps) => {
      for (const { answer } of steps) {
        const { wanted, desired, limits, reason } = answer.decision;
        const asked = wanted.reduce((most, { count }) => Math.max(most, count), 0);
        if (wanted.length > 0 && desired !== asked) expect(limits).not.toEqual([]);
        expect(new Set(limits).size).toBe(limits.length);
        expect(reason).toMatch(/^[^\n]{3,}$/);
        expect(reason).not.toMatch(/undefined|NaN|null|Infinity|at most 0/);
      }
    });
  });

  it('asks for no fewer when a metric is higher', () => {
    const more = record({ inFlight: nat(200), cpu: double({ min: 0, max: 1, noNaN: true }) });
    assert(
      property(
        settings,
        nat(15),
        array(look, { maxLength: 10 }),
        more,
        (of, first, looks, { inFlight, cpu }) => {
          const last = run(of, first, [...looks, { ...BUSY }]).at(-1)!;
          const higher: ScalingObservation = {
            ...last.at,
            metrics: { ...last.at.metrics, inFlight: BUSY.inFlight + inFlight, cpu: BUSY.cpu + cpu },
          };
          const { desired } = decide(of, higher, last.memory, last.floor).decision;
          expect(desired).toBeGreaterThanOrEqual(last.answer.decision.desired);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('goes one way, and then rests, under a load that stays', () => {
    assert(
      property(settings, nat(15), nat(400), (of, first, inFlight) => {
        const steady = Array.from({ length: 120 }, () => ({ ...BUSY, inFlight: inFlight + 1, cpu: null }));
        const byLoad = { ...of, targets: { inFlight: 10 } };
        const counts = run(byLoad, first, steady).map(({ answer }) => answer.decision.desired);
        const inside = Math.min(of.max, Math.max(first, of.min));
        const moves = counts.map((count, index) => Math.sign(count - (counts[index - 1] ?? inside)));
        expect(new Set(moves.filter((move) => move !== 0)).size).toBeLessThanOrEqual(1);
        expect(new Set(counts.slice(-20)).size).toBe(1);
      }),
      { numRuns: 300 },
    );
  });

  it('remembers plain data, no more than its windows', () => {
    runs((of, steps) => {
      for (const { answer } of steps) {
        const { memory } = answer;
        expect(JSON.parse(JSON.stringify(memory))).toEqual(memory);
        const ticks = Math.max(of.up.stabilisationMs, of.down.stabilisationMs) / TICK;
        expect(memory.wanted.length).toBeLessThanOrEqual(ticks + 2);
      }
    });
  });
});
