import type { ScalingConfig } from '../../../common/config/index.js';
import { VelocityError } from '../../../common/errors/index.js';
import {
  decide,
  NO_MEMORY,
  type ScalingDecision,
  type ScalingObservation,
  ScheduleFloor,
} from '../decision/index.js';
import { LatencyTally } from './latency.tally.js';
import { type LoadTrace, TraceCursor } from './load.trace.js';
import { ServiceFlow, type ServiceModel } from './service.model.js';
import { SimulatedFleet } from './simulated.fleet.js';
import type { SimulationResult, SimulationSample, SimulationSummary } from './simulation.result.js';

/** Settings of a service, but for where its backends come from. */
export type SimulatedSettings = Omit<ScalingConfig, 'source' | 'startMs'>;

export interface SimulationInput {
  readonly settings: SimulatedSettings;
  readonly model: ServiceModel;
  readonly trace: LoadTrace;
  /** Unix milliseconds of the begin, for schedules. */
  readonly startedAt: number;
  /** Backends at the begin. Default: the least that there may be. */
  readonly first?: number;
  /** Of one backend for one hour. */
  readonly price?: number;
}

/** More would not fit into memory, and nobody would read them. */
export const MOST_DECISIONS = 200_000;
const HOUR_MS = 3_600_000;
/** Longest step of the model; long traces take longer ones. */
const TICK_MS = 100;
const LONG_TICK_MS = 1_000;
const LONG_TRACE_MS = 24 * HOUR_MS;

/**
 * What a load would do to a service with these settings: the decisions are those of the balancer, the service is a model.
 * Deterministic. Throws REQUEST_INVALID when there would be too many decisions.
 */
export function simulate(input: SimulationInput): SimulationResult {
  const decisions = input.trace.durationMs / input.settings.intervalMs;
  if (decisions > MOST_DECISIONS) {
    const message = `the load lasts for ${Math.round(decisions)} decisions, more than ${MOST_DECISIONS}: take a longer interval, or less of it`;
    throw new VelocityError('REQUEST_INVALID', message);
  }
  return new Simulation(input).run();
}

class Simulation {
  private readonly tickMs: number;
  private readonly ticksPerInterval: number;
  private readonly cursor: TraceCursor;
  private readonly flow: ServiceFlow;
  private readonly fleet: SimulatedFleet;
  private readonly floor: ScheduleFloor;
  private readonly latencies = new LatencyTally();
  private readonly allLatencies = new LatencyTally();
  private readonly decisions: ScalingDecision[] = [];
  private readonly samples: SimulationSample[] = [];
  private readonly first: number;
  private memory = NO_MEMORY;
  private lastRequestAt: number | null = null;
  /** When the floor is another one. */
  private floorUntil: number | null;
  /** Part of a request that has not come yet. */
  private coming = 0;
  /** At the end of the last interval. */
  private before = { arrived: 0, refused: 0, atMs: 0 };
  private nowMs = 0;
  /** Requests at work, summed over the ticks of the interval. */
  private busy = 0;
  private aboveTargetMs = 0;

  constructor(private readonly input: SimulationInput) {
    const { settings, model, trace, startedAt } = input;
    const longest = trace.durationMs > LONG_TRACE_MS ? LONG_TICK_MS : TICK_MS;
    this.ticksPerInterval = Math.ceil(settings.intervalMs / longest);
    this.tickMs = settings.intervalMs / this.ticksPerInterval;
    this.cursor = new TraceCursor(trace);
    this.flow = new ServiceFlow(model, this.tickMs);
    this.floor = new ScheduleFloor(settings.schedules);
    const { min, until } = this.floor.at(startedAt);
    this.floorUntil = until;
    const least = Math.min(settings.max, Math.max(settings.min, min));
    const endMs = Math.min(settings.drainMs, model.serviceMs);
    this.first = input.first ?? least;
    this.fleet = new SimulatedFleet(this.first, model.startMs, endMs);
  }

  run(): SimulationResult {
    const { trace, settings, startedAt } = this.input;
    const ticks = Math.ceil(trace.durationMs / this.tickMs - 1e-9);
    for (let tick = 1; tick <= ticks; tick++) {
      const atMs = tick * this.tickMs;
      this.pass(this.cursor.at(atMs - this.tickMs));
      this.fleet.advance(atMs, this.tickMs);
      if (tick % this.ticksPerInterval === 0) this.look(atMs);
      else if (this.isUrgent(atMs)) this.decide(atMs);
    }
    return {
      startedAt,
      durationMs: trace.durationMs,
      intervalMs: settings.intervalMs,
      load: trace.kind,
      samples: this.samples,
      decisions: this.decisions,
      summary: this.summary(),
    };
  }

  private pass(load: number): void {
    const { flow, fleet } = this;
    const arrivedBefore = flow.arrived;
    if (this.input.trace.kind === 'inFlight') flow.pass({ clients: load }, fleet.ready);
    else {
      this.coming += (load * this.tickMs) / 1_000;
      const come = Math.floor(this.coming + 1e-9);
      this.coming -= come;
      flow.pass({ come }, fleet.ready);
    }
    if (flow.arrived > arrivedBefore || flow.waiting > 0) this.lastRequestAt = this.now;
    this.busy += flow.running;
    for (const [ticks, count] of flow.began) {
      const latencyMs = ticks * this.tickMs + this.input.model.serviceMs;
      this.latencies.add(latencyMs, count);
      this.allLatencies.add(latencyMs, count);
    }
    flow.began.clear();
    this.nowMs += this.tickMs;
  }

  private get now(): number {
    return this.input.startedAt + this.nowMs;
  }

  /** What does not wait for the next interval: somebody waits for a service that sleeps, or a schedule begins or ends. */
  private isUrgent(atMs: number): boolean {
    const isWaitedFor = this.fleet.current === 0 && this.flow.waiting > 0;
    return isWaitedFor || (this.floorUntil !== null && this.input.startedAt + atMs >= this.floorUntil);
  }

  private decide(atMs: number): { observation: ScalingObservation; decision: ScalingDecision } {
    const observation = this.observe(atMs);
    const { min, until } = this.floor.at(observation.time);
    this.floorUntil = until;
    const { decision, memory } = decide(this.input.settings, observation, this.memory, min);
    this.memory = memory;
    this.decisions.push(decision);
    this.fleet.become(decision.desired, atMs);
    return { observation, decision };
  }

  private observe(atMs: number): ScalingObservation {
    const { flow, fleet } = this;
    const passedMs = atMs - this.before.atMs;
    const capacity = fleet.ready * (this.input.model.maxInFlight ?? 0);
    const busy = (this.busy * this.tickMs) / passedMs;
    return {
      time: this.input.startedAt + atMs,
      current: fleet.current,
      ready: fleet.ready,
      metrics: {
        inFlight: rounded(flow.running + flow.waiting),
        requestsPerSecond: rounded(((flow.arrived - this.before.arrived) * 1_000) / passedMs),
        queue: rounded(flow.waiting),
        p95Ms: this.latencies.quantile(0.95),
        cpu: capacity === 0 ? null : rounded(busy / capacity),
      },
      lastRequestAt: this.lastRequestAt,
      waiting: Math.ceil(flow.waiting - 1e-6),
    };
  }

  private look(atMs: number): void {
    const { observation, decision } = this.decide(atMs);
    const { time, metrics, current, ready } = observation;
    const isAboveTarget = isAbove(this.input.settings, observation);
    if (isAboveTarget) this.aboveTargetMs += this.input.settings.intervalMs;
    this.samples.push({
      time,
      load: this.cursor.at(atMs - this.tickMs),
      current,
      ready,
      desired: decision.desired,
      inFlight: metrics.inFlight ?? 0,
      waiting: metrics.queue ?? 0,
      requestsPerSecond: metrics.requestsPerSecond ?? 0,
      p95Ms: metrics.p95Ms,
      refused: rounded(this.flow.refused - this.before.refused),
      isAboveTarget,
    });
    this.before = { arrived: this.flow.arrived, refused: this.flow.refused, atMs };
    this.busy = 0;
    this.latencies.clear();
  }

  private summary(): SimulationSummary {
    const { fleet, flow, decisions, samples, allLatencies } = this;
    const counts = samples.flatMap(({ current, desired }) => [current, desired]);
    const backendHours = fleet.runMs / HOUR_MS;
    return {
      decisions: decisions.length,
      changes: decisions.filter(({ current, desired }) => current !== desired).length,
      lowest: counts.reduce((least, count) => Math.min(least, count), this.first),
      highest: counts.reduce((most, count) => Math.max(most, count), this.first),
      meanBackends: rounded(fleet.runMs / Math.max(1, this.nowMs)),
      backendHours: rounded(backendHours),
      cost: this.input.price === undefined ? null : rounded(backendHours * this.input.price),
      requests: Math.round(flow.arrived),
      refused: Math.round(flow.refused),
      p50Ms: allLatencies.quantile(0.5),
      p95Ms: allLatencies.quantile(0.95),
      longestMs: allLatencies.longest,
      aboveTargetMs: this.aboveTargetMs,
    };
  }
}

/** Whether those that take requests have more than they should. */
function isAbove({ targets, tolerance }: SimulatedSettings, { metrics, ready }: ScalingObservation): boolean {
  const most = 1 + tolerance + 1e-9;
  const isOver = (value: number | null, target: number | undefined, shared: number) =>
    target !== undefined && value !== null && value > target * shared * most;
  return (
    isOver(metrics.inFlight, targets.inFlight, ready) ||
    isOver(metrics.requestsPerSecond, targets.requestsPerSecond, ready) ||
    isOver(metrics.queue, targets.queue, ready) ||
    isOver(metrics.p95Ms, targets.p95Ms, 1) ||
    isOver(metrics.cpu, targets.cpu, 1)
  );
}

/** To a thousandth: what a computer adds to fractions is nothing that anybody measured. */
function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
