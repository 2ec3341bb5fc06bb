import { describe, expect, it } from 'vitest';
import { decided, observation, settings } from '../../../../test/support/scaling.js';
import { decide, NO_MEMORY } from './decide.js';
import type { ScalingDecision, ScalingMemory, ScalingObservation } from './decision.js';
import type { ScalingSettings } from './settings.js';

const SECOND = 1_000;
const MINUTE = 60_000;

/** What is decided one after the other; what is decided is there at the next. */
function followed(
  of: ScalingSettings,
  first: number,
  moments: readonly (Omit<ScalingObservation, 'current' | 'ready'> & { floor?: number })[],
): ScalingDecision[] {
  let memory: ScalingMemory = NO_MEMORY;
  let current = first;
  return moments.map(({ floor = 0, ...moment }) => {
    const answer = decide(of, { ...moment, current, ready: current }, memory, floor);
    memory = answer.memory;
    current = answer.decision.desired;
    return answer.decision;
  });
}

function moment(time: number, inFlight: number, changes: Partial<ScalingObservation> = {}) {
  return { ...observation(0, { inFlight }, { time, ...changes }) };
}

const counts = (decisions: readonly ScalingDecision[]) => decisions.map(({ desired }) => desired);

describe('what the metrics ask for', () => {
  it('is as many as keep each at its target', () => {
    expect(decided(settings({ targets: { inFlight: 5 } }), observation(2, { inFlight: 24 }))).toEqual({
      time: 0,
      current: 2,
      desired: 5,
      metric: 'inFlight',
      wanted: [{ metric: 'inFlight', value: 24, target: 5, count: 5 }],
      limits: [],
      reason: '24 in flight for 2 backends are 12 each, target 5: 5 wanted',
    });
  });

  it('is that of the metric which asks for the most', () => {
    const targets = { inFlight: 10, requestsPerSecond: 100, queue: 5, p95Ms: 200, cpu: 0.5 };
    const metrics = { inFlight: 30, requestsPerSecond: 350, queue: 4, p95Ms: 300, cpu: 0.9 };
    const decision = decided(settings({ targets }), observation(3, metrics));
    expect(decision.wanted.map(({ metric, count }) => [metric, count])).toEqual([
      ['inFlight', 3],
      ['requestsPerSecond', 4],
      ['queue', 1],
      ['p95Ms', 5],
      ['cpu', 6],
    ]);
    expect(decision).toMatchObject({ desired: 6, metric: 'cpu' });
    expect(decision.reason).toBe('CPU 90% with 3 backends, target 50%: 6 wanted');
  });

  it('is rounded up, but not because of what a computer makes of fractions', () => {
    expect(decided(settings({ targets: { cpu: 0.7 } }), observation(3, { cpu: 0.7 })).desired).toBe(3);
    expect(decided(settings(), observation(1, { inFlight: 20.001 })).desired).toBe(2);
  });

  it('does not grow with every look while copies start, of a metric that is no sum', () => {
    const of = settings({ targets: { cpu: 0.5 } });
    expect(decided(of, observation(4, { cpu: 1 }, { ready: 2 })).desired).toBe(4);
    expect(decided(of, observation(4, { cpu: 1 }, { ready: 4 })).desired).toBe(8);
  });

  it('is min without targets', () => {
    const decision = decided(settings({ targets: {}, min: 3 }), observation(1, { inFlight: 999 }));
    expect(decision).toMatchObject({ desired: 3, metric: null, reason: 'no targets: 3 wanted' });
  });

  it('is what is there within the tolerance', () => {
    const of = settings({ tolerance: 0.1 });
    expect(decided(of, observation(4, { inFlight: 88 }))).toMatchObject({
      desired: 4,
      limits: ['tolerance'],
      reason: '88 in flight for 4 backends are 22 each, target 20: 5 wanted; within the tolerance of 10%',
    });
    expect(decided(of, observation(4, { inFlight: 89 })).desired).toBe(5);
    expect(decided(of, observation(4, { inFlight: 71 })).desired).toBe(4);
    expect(decided(of, observation(10, { inFlight: 181 })).desired).toBe(10);
    expect(decided(of, observation(10, { inFlight: 179 })).desired).toBe(9);
  });
});

describe('what is not known', () => {
  const of = settings({ targets: { inFlight: 20, cpu: 0.5 } });

  it('takes nothing away', () => {
    const decision = decided(of, observation(5, { inFlight: 20, cpu: null }));
    expect(decision).toMatchObject({ desired: 5, limits: ['unknown'] });
    expect(decision.reason).toContain('CPU not known, so none goes');
    expect(decided(of, observation(5))).toMatchObject({ desired: 5, metric: null });
  });

  it('does not keep what is known from adding', () => {
    expect(decided(of, observation(5, { inFlight: 140, cpu: null }))).toMatchObject({
      desired: 7,
      limits: [],
    });
  });

  it('of other balancers takes nothing away, and does not keep the known part from adding', () => {
    const few = decided(settings(), observation(4, { inFlight: 20 }, { isPartial: true }));
    expect(few).toMatchObject({ desired: 4, limits: ['unknown'] });
    expect(few.reason).toBe(
      '20 in flight for 4 backends are 5 each, target 20: 1 wanted; the load of other balancers not known, so none goes',
    );
    const many = decided(settings(), observation(4, { inFlight: 120 }, { isPartial: true }));
    expect(many).toMatchObject({ desired: 6, limits: [] });
    const idle = { isPartial: true, time: 3_600_000 };
    expect(decided(settings({ min: 0, idleMs: 1_000 }), observation(1, { inFlight: 0 }, idle)).desired).toBe(
      1,
    );
    expect(decided(settings({ min: 0, idleMs: 1_000 }), observation(0, { inFlight: 0 }, idle)).desired).toBe(
      0,
    );
  });

  it('is no latency when there were no requests', () => {
    const byLatency = settings({ targets: { p95Ms: 100 } });
    expect(decided(byLatency, observation(5, { inFlight: 0, requestsPerSecond: 0 })).desired).toBe(1);
    expect(decided(byLatency, observation(5, { inFlight: 3, requestsPerSecond: 0 })).desired).toBe(5);
  });
});

describe('bounds', () => {
  it('hold, and say so', () => {
    expect(decided(settings(), observation(5, { inFlight: 999 }))).toMatchObject({
      desired: 10,
      limits: ['max'],
    });
    expect(decided(settings({ min: 2 }), observation(5, { inFlight: 0 }))).toMatchObject({
      desired: 2,
      limits: ['min'],
      reason: '0 in flight for 5 backends are 0 each, target 20: 0 wanted; at least 2',
    });
  });

  it('are never late: what is outside of them comes back at once', () => {
    const slow = { stabilisationMs: MINUTE, cooldownMs: MINUTE, stepCount: 1 };
    const of = settings({ min: 4, max: 6, up: slow, down: slow });
    const memory = { ...NO_MEMORY, lastUpAt: -1, lastDownAt: -1 };
    expect(decide(of, observation(1, { inFlight: 0 }), memory, 0).decision.desired).toBe(4);
    expect(decide(of, observation(9, { inFlight: 999 }), memory, 0).decision.desired).toBe(6);
    const jump = decide(of, observation(1, { inFlight: 999 }), NO_MEMORY, 0).decision;
    expect(jump).toMatchObject({ desired: 4, limits: ['max', 'stabilisation', 'min'] });
  });

  it('are raised by a schedule, but not beyond max', () => {
    expect(decided(settings(), observation(1, { inFlight: 5 }), 4)).toMatchObject({
      desired: 4,
      limits: ['schedule'],
    });
    expect(decided(settings(), observation(1, { inFlight: 5 }), 99).desired).toBe(10);
    expect(decided(settings({ min: 3 }), observation(1, { inFlight: 5 }), 2).limits).toEqual(['min']);
  });
});

describe('stabilisation', () => {
  it('takes away only what was not wanted for the whole window', () => {
    const of = settings({ down: { stabilisationMs: 10 * SECOND } });
    const loads = [200, 100, 160, 100, 100, 100, 100];
    const decisions = followed(
      of,
      1,
      loads.map((load, index) => moment(index * 5 * SECOND, load)),
    );
    expect(counts(decisions)).toEqual([10, 10, 8, 8, 5, 5, 5]);
    expect(decisions[1]).toMatchObject({ limits: ['stabilisation'] });
    expect(decisions[1]!.reason).toContain('fewer only when that holds for 10s');
  });

  it('adds no more than was wanted for the whole window', () => {
    const of = settings({ up: { stabilisationMs: 10 * SECOND } });
    const loads = [20, 100, 60, 100, 100, 100];
    const decisions = followed(
      of,
      1,
      loads.map((load, index) => moment(index * 5 * SECOND, load)),
    );
    expect(counts(decisions)).toEqual([1, 1, 3, 3, 5, 5]);
  });

  it('begins with what is there: nothing goes before there was a look at a whole window', () => {
    const of = settings({ down: { stabilisationMs: 10 * SECOND } });
    const decisions = followed(
      of,
      8,
      [0, 5, 10].map((at) => moment(at * SECOND, 20)),
    );
    expect(counts(decisions)).toEqual([8, 8, 1]);
  });

  it('keeps no more than its window, and nothing that a clock left in the future', () => {
    const of = settings({ down: { stabilisationMs: 10 * SECOND } });
    let memory: ScalingMemory = {
      ...NO_MEMORY,
      lastDownAt: 9_999_999,
      wanted: [{ time: 9_999_999, count: 9 }],
    };
    for (let time = 0; time < 200 * SECOND; time += SECOND) {
      memory = decide(of, observation(5, { inFlight: 20 }, { time }), memory, 0).memory;
      expect(memory.wanted.length).toBeLessThanOrEqual(11);
    }
    expect(memory.lastDownAt).toBeLessThan(200 * SECOND);
  });
});

describe('steps and cooldown', () => {
  it.each([
    [4, { stepCount: 4, stepShare: 1 }, 8],
    [1, { stepCount: 4, stepShare: 1 }, 5],
    [3, { stepCount: null, stepShare: 0.5 }, 4],
    [1, { stepCount: null, stepShare: 0.1 }, 2],
    [0, { stepCount: null, stepShare: 1 }, 1],
    [2, { stepCount: null, stepShare: null }, 50],
  ])('from %i up with %o to %i', (current, up, desired) => {
    expect(decided(settings({ max: 50, up }), observation(current, { inFlight: 9_999 })).desired).toBe(
      desired,
    );
  });

  it.each([
    [9, { stepCount: 1, stepShare: 0.5 }, 5],
    [2, { stepCount: 1, stepShare: 0.5 }, 1],
    [9, { stepCount: 2, stepShare: null }, 7],
    [9, { stepCount: null, stepShare: null }, 1],
  ])('from %i down with %o to %i', (current, down, desired) => {
    expect(decided(settings({ down }), observation(current, { inFlight: 1 })).desired).toBe(desired);
  });

  it('waits after a change in the same direction, not after one in the other', () => {
    const of = settings({ up: { cooldownMs: 10 * SECOND } });
    const loads = [40, 60, 10, 60, 60];
    const decisions = followed(
      of,
      1,
      loads.map((load, index) => moment(index * 5 * SECOND, load)),
    );
    expect(counts(decisions)).toEqual([2, 2, 1, 3, 3]);
    expect(decisions[1]!.reason).toBe(
      '60 in flight for 2 backends are 30 each, target 20: 3 wanted; the last change was 5s ago, cooldown 10s',
    );
  });
});

describe('scale to zero', () => {
  const of = settings({ min: 0, idleMs: 60 * SECOND });

  it('takes the last one when nobody asked for long enough', () => {
    const at = (time: number) => observation(1, { inFlight: 0 }, { time, lastRequestAt: 0 });
    const memory = { ...NO_MEMORY, awakeSince: -1 };
    const early = decide(of, at(59 * SECOND), memory, 0).decision;
    expect(early).toMatchObject({ desired: 1, limits: ['idle'] });
    expect(early.reason).toContain('the last one stays until 1m without a request');
    expect(decide(of, at(60 * SECOND), memory, 0).decision).toMatchObject({ desired: 0, limits: [] });
  });

  it('counts from when the copy came when it never got a request', () => {
    const moments = [0, 30, 59, 60].map((at) => moment(at * SECOND, 0));
    expect(counts(followed(of, 1, moments))).toEqual([1, 1, 1, 0]);
  });

  it('never does without an idle time, during a schedule, or while something runs', () => {
    const late = { time: 99 * MINUTE, lastRequestAt: 0 };
    const memory = { ...NO_MEMORY, awakeSince: 0 };
    const desired = (of: ScalingSettings, inFlight: number, floor = 0) =>
      decide(of, observation(1, { inFlight }, late), memory, floor).decision.desired;
    expect(desired(of, 0)).toBe(0);
    expect(desired(settings({ min: 0 }), 0)).toBe(1);
    expect(desired(of, 0, 1)).toBe(1);
    expect(desired(of, 1)).toBe(1);
  });

  it('goes also when a metric sees work that no request asked for', () => {
    const busy = settings({ min: 0, idleMs: MINUTE, targets: { cpu: 0.7 } });
    const at = observation(1, { inFlight: 0, cpu: 0.6 }, { time: MINUTE, lastRequestAt: 0 });
    const { decision } = decide(busy, at, { ...NO_MEMORY, awakeSince: 0 }, 0);
    expect(decision).toMatchObject({ desired: 0, limits: ['idle'] });
    expect(decision.reason).toContain('no request for 1m: the last one goes');
  });

  it('wakes one, however many wait and whatever was decided just now', () => {
    const slow = { stabilisationMs: MINUTE, cooldownMs: MINUTE };
    const asleep = observation(0, { inFlight: 100 }, { waiting: 100, lastRequestAt: 0 });
    const memory = { ...NO_MEMORY, lastUpAt: 0, wanted: [{ time: 0, count: 0 }] };
    const { decision } = decide(settings({ min: 0, up: slow }), asleep, memory, 0);
    expect(decision).toMatchObject({ desired: 1, limits: ['wake'] });
    expect(decision.reason).toBe(
      '100 in flight without a backend, target 20: 5 wanted; 100 requests wait: one is woken',
    );
    expect(decided(settings({ min: 0, targets: {} }), asleep).desired).toBe(1);
  });

  it('sleeps on while nobody waits', () => {
    const asleep = observation(0, { inFlight: 0 }, { time: 99 * MINUTE, lastRequestAt: 0 });
    expect(decided(of, asleep)).toMatchObject({ desired: 0, limits: [] });
  });

  it('has one where others serve the requests', () => {
    const besides = { time: MINUTE, lastRequestAt: MINUTE };
    expect(decided(of, observation(0, { inFlight: 70 }, besides))).toMatchObject({
      desired: 1,
      limits: ['wake'],
    });
  });
});
