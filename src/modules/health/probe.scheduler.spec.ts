import { beforeEach, describe, expect, it } from 'vitest';
import { HEALTH, subjectOf } from '../../../test/support/probe.fixture.js';
import type { HealthConfig } from '../../common/config/index.js';
import { BackendWatch } from './backend.watch.js';
import { HealthJudge } from './health.judge.js';
import { PROBE_LIMITS, type ProbeLimits, ProbeScheduler } from './probe.scheduler.js';
import type { ProbeResult, ProbeSubject } from './probes/index.js';

const PASSED: ProbeResult = { outcome: 'passed', status: 200, durationUs: 1_000, error: '' };
const FAILED: ProbeResult = { outcome: 'failed', status: 0, durationUs: 1_000, error: 'connection refused' };

/** Time passes only when the test says so; jitter follows a fixed sequence. */
class ManualClock {
  ms = 1_000_000;
  private state = 7;
  now = () => this.ms;
  unixMs = () => this.ms;
  random = () => (this.state = (Math.imul(this.state, 1_103_515_245) + 12_345) & 0x7fffffff) / 0x80000000;
}

interface Started {
  readonly at: number;
  readonly subject: ProbeSubject;
  readonly signal: AbortSignal;
  end(result: ProbeResult): void;
}

/** Notes each probe and ends it when the test says so. */
class ManualProbe {
  readonly started: Started[] = [];
  running = 0;
  mostAtOnce = 0;

  constructor(private readonly clock: ManualClock) {}

  run(subject: ProbeSubject, signal: AbortSignal): Promise<ProbeResult> {
    this.running++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
    return new Promise((resolve) => {
      const end = (result: ProbeResult) => {
        this.running--;
        resolve(result);
      };
      this.started.push({ at: this.clock.ms, subject, signal, end });
    });
  }
}

let clock: ManualClock;
let probe: ManualProbe;
let settled: [BackendWatch, ProbeResult][];

beforeEach(() => {
  clock = new ManualClock();
  probe = new ManualProbe(clock);
  settled = [];
});

function schedulerWith(limits: Partial<ProbeLimits> = {}): ProbeScheduler {
  const all = { ...PROBE_LIMITS, ...limits };
  const scheduler = new ProbeScheduler({ tcp: probe, http: probe, https: probe }, clock, all);
  scheduler.deliverTo({ settle: (watch, result) => void settled.push([watch, result]) });
  return scheduler;
}

function watchOf(id: string, health: Partial<HealthConfig> = {}): BackendWatch {
  const backend = { id, url: `http://${id}`, service: 'shop', slot: 0, serviceSlot: 0 };
  const subject = subjectOf(80, { ...HEALTH, intervalMs: 1_000, ...health });
  return new BackendWatch({ backend, subject, rank: 0, subjectFingerprint: '' }, new HealthJudge(), clock.ms);
}

/** Lets promises and the scheduler's continuations come to rest. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Passes time in ticks of 20 ms; what started meanwhile ends as `outcomeOf` says, undefined: it goes on. */
async function pass(
  scheduler: ProbeScheduler,
  durationMs: number,
  outcomeOf: (started: Started) => ProbeResult | undefined = () => PASSED,
): Promise<void> {
  let next = probe.started.length;
  for (const end = clock.ms + durationMs; clock.ms < end;) {
    clock.ms += 20;
    scheduler.tick();
    await rest();
    for (; next < probe.started.length; next++) {
      const result = outcomeOf(probe.started[next]!);
      if (result) probe.started[next]!.end(result);
    }
    await rest();
  }
}

describe('a schedule', () => {
  it('begins at once and then comes once per interval, a little early or late', async () => {
    const scheduler = schedulerWith();
    scheduler.add(watchOf('a'));
    scheduler.tick();
    expect(probe.started.map(({ at }) => at)).toEqual([clock.ms]);
    probe.started[0]!.end(PASSED);
    await rest();
    await pass(scheduler, 20_000);
    const gaps = probe.started.slice(2).map(({ at }, index) => at - probe.started[index + 1]!.at);
    expect(gaps.length).toBeGreaterThanOrEqual(17);
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(800 - 20);
      expect(gap).toBeLessThanOrEqual(1_200 + 20);
    }
    expect(new Set(gaps).size).toBeGreaterThan(5);
    // Jitter does not add up: after 18 probes it is still on its grid.
    expect(probe.started.length - 1).toBeGreaterThanOrEqual(19);
    expect(probe.started.length - 1).toBeLessThanOrEqual(21);
  });

  it('never runs two probes of one backend, and skips what a slow one missed', async () => {
    const scheduler = schedulerWith();
    scheduler.add(watchOf('slow'));
    await pass(scheduler, 3_500, () => undefined);
    expect(probe.started).toHaveLength(1);
    probe.started[0]!.end(PASSED);
    await rest();
    await pass(scheduler, 3_000);
    expect(probe.started.length).toBeGreaterThanOrEqual(3);
    expect(probe.started.length).toBeLessThanOrEqual(5);
    expect(probe.mostAtOnce).toBe(1);
  });

  it('ends with the watch: a running probe is called off, a late result is dropped', async () => {
    const scheduler = schedulerWith();
    const watch = watchOf('gone');
    scheduler.add(watch);
    scheduler.tick();
    scheduler.remove(watch);
    expect(probe.started[0]!.signal.aborted).toBe(true);
    probe.started[0]!.end(PASSED);
    await pass(scheduler, 3_000);
    expect(settled).toEqual([]);
    expect(probe.started).toHaveLength(1);
    expect(scheduler.load()).toEqual({ watched: 0, running: 0, lateMs: 0 });
  });

  it('stops for good', async () => {
    const scheduler = schedulerWith();
    scheduler.add(watchOf('a'));
    scheduler.tick();
    scheduler.add(watchOf('b'));
    scheduler.stop();
    expect(probe.started[0]!.signal.aborted).toBe(true);
    await pass(scheduler, 2_000);
    expect(probe.started).toHaveLength(1);
  });
});

describe('ten thousand backends', () => {
  it('are spread over the interval without a burst', async () => {
    const scheduler = schedulerWith({ startsPerTurn: 1_000_000, running: 1_000_000 });
    const total = 10_000;
    for (let i = 0; i < total; i++) scheduler.add(watchOf(`backend-${i}`, { intervalMs: 5_000 }));
    await pass(scheduler, 20);
    expect(probe.started).toHaveLength(total);
    await pass(scheduler, 15_000);
    // From the second round on: how many began in each tenth of a second.
    const begin = probe.started[0]!.at + 5_000;
    const perSlice = Array.from({ length: 100 }, () => 0);
    for (const { at } of probe.started) {
      const slice = Math.floor((at - begin) / 100);
      if (slice >= 0 && slice < perSlice.length) perSlice[slice]!++;
    }
    // The even share is 200; binomial noise stays within about 60 of it.
    expect(Math.max(...perSlice)).toBeLessThan(280);
    expect(Math.min(...perSlice)).toBeGreaterThan(120);
  });

  it('never run more probes at once than the limit', async () => {
    const scheduler = schedulerWith({ running: 100, startsPerTurn: 1_000 });
    for (let i = 0; i < 2_000; i++) scheduler.add(watchOf(`backend-${i}`));
    scheduler.tick();
    await rest();
    expect(probe.running).toBe(100);
    expect(scheduler.load()).toMatchObject({ watched: 2_000, running: 100 });
    for (let ended = 0; ended < 2_000; ended++) {
      probe.started[ended]!.end(PASSED);
      if (ended % 50 === 0) await rest();
    }
    await rest();
    expect(probe.mostAtOnce).toBe(100);
    expect(settled).toHaveLength(2_000);
  });
});

it('keeps room for fit and new backends while others hang', async () => {
  const scheduler = schedulerWith({ running: 20, suspects: 10 });
  const hanging = Array.from({ length: 40 }, (_, i) => watchOf(`hang-${i}`));
  for (const watch of hanging) scheduler.add(watch);
  const isHanging = new Set(hanging.map(({ subject }) => subject));
  // The first round fails at once; from then on these probes never end.
  await pass(scheduler, 60, () => FAILED);
  const fit = watchOf('fit');
  scheduler.add(fit);
  await pass(scheduler, 5_000, ({ subject }) => (isHanging.has(subject) ? undefined : PASSED));
  expect(probe.running).toBe(10);
  const times = probe.started.filter(({ subject }) => subject === fit.subject).map(({ at }) => at);
  expect(times.length).toBeGreaterThanOrEqual(5);
});

it('starts no more per turn of the event loop than it should', async () => {
  const scheduler = schedulerWith({ startsPerTurn: 16 });
  for (let i = 0; i < 100; i++) scheduler.add(watchOf(`backend-${i}`));
  scheduler.tick();
  expect(probe.started).toHaveLength(16);
  await new Promise((resolve) => setImmediate(resolve));
  expect(probe.started).toHaveLength(32);
});
