import { describe, expect, it } from 'vitest';
import { type FlowLoad, ServiceFlow, type ServiceModel } from './service.model.js';

const TICK = 100;

function flowOf(changes: Partial<Omit<ServiceModel, 'queue'>> & { queue?: Partial<ServiceModel['queue']> }) {
  const queue = { size: null, timeoutMs: null, holdMs: null, ...changes.queue };
  return new ServiceFlow({ serviceMs: 250, startMs: 0, maxInFlight: null, ...changes, queue }, TICK);
}

function passed(flow: ServiceFlow, load: FlowLoad, ready: number, ticks = 200): ServiceFlow {
  for (let tick = 0; tick < ticks; tick++) flow.pass(load, ready);
  return flow;
}

/** What has ended. */
const served = ({ arrived, running, waiting, refused }: ServiceFlow) => arrived - running - waiting - refused;

describe('ServiceFlow', () => {
  it.each([1, 20, 100, 150, 250, 1_000])('has at work what comes in a service time of %i ms', (serviceMs) => {
    const flow = passed(flowOf({ serviceMs }), { come: 10 }, 1);
    expect(flow.running).toBeCloseTo((10 * serviceMs) / TICK, 6);
    expect(flow.waiting).toBe(0);
  });

  it.each([20, 100, 150, 250, 1_000])(
    'serves what its backends can when more comes, at %i ms',
    (serviceMs) => {
      const flow = passed(flowOf({ serviceMs, maxInFlight: 10 }), { come: 1_000 }, 2, 500);
      expect(flow.running).toBeCloseTo(20, 6);
      const perSecond = (served(flow) * 1_000) / (500 * TICK);
      const expected = (20 * 1_000) / serviceMs;
      expect(Math.abs(perSecond / expected - 1)).toBeLessThan(0.05);
    },
  );

  it.each([
    [30, 5],
    [250, 5],
    [250, 40],
    [250, 0],
  ])('keeps as many clients busy as there are, at %i ms with %i backends', (serviceMs, ready) => {
    const flow = passed(flowOf({ serviceMs, maxInFlight: 10 }), { clients: 60 }, ready);
    expect(flow.running).toBeCloseTo(Math.min(60, ready * 10), 6);
    expect(flow.running + flow.waiting).toBeCloseTo(60, 6);
  });

  it('lets those that came first go first, and knows how long they waited', () => {
    const flow = flowOf({ serviceMs: 100, maxInFlight: 1 });
    flow.pass({ come: 3 }, 1);
    expect([...flow.began]).toEqual([[0, 1]]);
    flow.pass({ come: 0 }, 1);
    flow.pass({ come: 0 }, 1);
    expect([...flow.began]).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
  });

  it('refuses what does not fit into the queue', () => {
    const flow = passed(flowOf({ maxInFlight: 10, queue: { size: 5 } }), { come: 100 }, 1, 1);
    expect([flow.running, flow.waiting, flow.refused]).toEqual([10, 5, 85]);
  });

  it('refuses what has waited for too long, and holds longer while there is no backend', () => {
    const busy = passed(
      flowOf({ serviceMs: 60_000, maxInFlight: 10, queue: { timeoutMs: 300 } }),
      { come: 10 },
      1,
      10,
    );
    expect([busy.running, busy.waiting, busy.refused]).toEqual([10, 30, 60]);
    const asleep = flowOf({ queue: { timeoutMs: 300, holdMs: 1_000 } });
    expect(passed(asleep, { come: 1 }, 0, 9)).toMatchObject({ waiting: 9, refused: 0 });
    expect(passed(asleep, { come: 1 }, 0, 9)).toMatchObject({ waiting: 10, refused: 8 });
    expect(passed(flowOf({ queue: { holdMs: 0 } }), { come: 1 }, 0, 9)).toMatchObject({
      waiting: 0,
      refused: 9,
    });
  });

  it('loses nothing on the way', () => {
    const flow = flowOf({ serviceMs: 130, maxInFlight: 3, queue: { size: 40, timeoutMs: 900 } });
    for (let tick = 0; tick < 3_000; tick++) flow.pass({ come: (tick * 7) % 11 }, (tick >> 6) % 4);
    passed(flow, { come: 0 }, 5, 60);
    expect(flow.running).toBeCloseTo(0, 6);
    expect(flow.waiting).toBeCloseTo(0, 6);
    expect(served(flow)).toBeGreaterThan(0);
    expect(flow.refused).toBeGreaterThan(0);
    const began = [...flow.began.values()].reduce((sum, count) => sum + count, 0);
    expect(began + flow.refused).toBeCloseTo(flow.arrived, 3);
  });
});
