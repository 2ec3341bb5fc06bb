import {
  addBelow,
  BackendCell,
  BackendOutages,
  CIRCUIT_STATE_NAMES,
  CircuitCell,
  type CircuitStateName,
  monotonicMs,
  type OutageTeller,
  type PickDecision,
  SERVICE_CELLS,
  ServiceCell,
  type SharedMemory,
  type Snapshot,
} from '../../common/contract/index.js';
import { LatencyAverage } from './latency.average.js';
import type { PickContext } from './pick-context.js';
import { hasOtherThan, type Rotation } from './rotation.js';
import { RoomFinder } from './room.finder.js';
import { RoutingTable } from './routing-table.js';
import type { BackendRuntime } from './backend-runtime.js';
import type { BackendSet } from './backend-set.js';
import type { ServiceRuntime } from './service-runtime.js';
import { ServiceRuntimeBuilder } from './service-runtime.builder.js';
import { pickDecisionOf } from './trace/pick.decision.js';
import { Choice, type PickTrace, Rule } from './trace/pick.trace.js';
import { ServiceLock } from './service.lock.js';

/** Is told which backends this thread will not pick any more: their idle connections can be closed. */
export type RemovedListener = (removed: readonly BackendRuntime[]) => void;

/** What a further pick would find. */
export const Prospect = {
  none: 0,
  /** Only backends that have been tried. */
  tried: 1,
  other: 2,
} as const;
export type Prospect = (typeof Prospect)[keyof typeof Prospect];

const NOBODY: readonly BackendRuntime[] = [];

/**
 * Finds the service of a request and a backend of the service, and keeps count of what is in flight where.
 * One per thread; all of them decide over the same shared memory.
 */
export class Balancer {
  private readonly builder: ServiceRuntimeBuilder;
  private readonly outages: BackendOutages;
  private readonly lock: ServiceLock;
  private readonly room: RoomFinder;
  private readonly latency: LatencyAverage;
  private readonly backendCells: Int32Array;
  private readonly serviceCells: Int32Array;
  private readonly ownBackendInFlight: Int32Array;
  private readonly ownServiceInFlight: Int32Array;
  private readonly removedListeners: RemovedListener[] = [];
  private running: ReadonlyMap<string, ServiceRuntime> = new Map();
  private table = new RoutingTable([]);
  private snapshot: Snapshot | null = null;

  /**
   * @param worker index of this thread's own cells in the shared memory.
   * @param tellOutage Is told when a pick finds that a backend may come back; must not throw.
   */
  constructor(memory: SharedMemory, worker: number, tellOutage?: OutageTeller) {
    const own = memory.workers[worker];
    if (own === undefined) {
      throw new RangeError(
        `Worker ${worker} has no cells: the shared memory is made for ${memory.workers.length} workers.`,
      );
    }
    this.outages = new BackendOutages(memory, worker, tellOutage);
    this.builder = new ServiceRuntimeBuilder(memory, this.outages);
    this.lock = new ServiceLock(memory, worker);
    this.room = new RoomFinder(memory);
    this.latency = new LatencyAverage(memory);
    this.backendCells = memory.backends;
    this.serviceCells = memory.services;
    this.ownBackendInFlight = own.backendInFlight;
    this.ownServiceInFlight = own.serviceInFlight;
  }

  /** Number of the snapshot that decides; 0 before the first. */
  get generation(): number {
    return this.snapshot === null ? 0 : this.snapshot.generation;
  }

  /** All services that run. */
  get services(): Iterable<ServiceRuntime> {
    return this.running.values();
  }

  /**
   * Serves by a new snapshot from the next call on. All of it is built before anything changes. Unchanged services, and
   * backends that are reached as before, keep their runtime objects. Throws RangeError on a slot outside of the memory.
   */
  use(snapshot: Snapshot): void {
    const before = this.running;
    const keepsSecret = this.snapshot?.affinitySecret === snapshot.affinitySecret;
    const { services, renewed } = this.builder.build(snapshot, before, keepsSecret);
    const table = new RoutingTable(services.values());
    for (const { backend, snapshot: settings } of renewed) backend.snapshot = settings;
    this.running = services;
    this.table = table;
    this.snapshot = snapshot;
    this.retire(before);
  }

  onBackendsRemoved(listener: RemovedListener): void {
    this.removedListeners.push(listener);
  }

  /** `host` as `normalizeHost` gives it; `path` raw, without the query. null: nobody serves it. */
  route(host: string, path: string): ServiceRuntime | null {
    return this.table.find(host, path);
  }

  /** The running service of this name; null: there is none. */
  serviceNamed(name: string): ServiceRuntime | null {
    return this.running.get(name) ?? null;
  }

  /** The same service as it runs now; as it was when it is gone. */
  successorOf(service: ServiceRuntime): ServiceRuntime {
    const { name, slot } = service.snapshot;
    const successor = this.running.get(name);
    return successor !== undefined && successor.snapshot.slot === slot ? successor : service;
  }

  /**
   * A backend for the next attempt, which counts as in flight from now until {@link release}; null: none is available, or
   * all that the exchange has not tried run as many as they may. Passes over those tried while there is another one.
   */
  pick(service: ServiceRuntime, context: PickContext): BackendRuntime | null {
    context.trace.begin(service);
    const backend =
      service.split === null ? this.pickFrom(service, service, context) : this.pickSplit(service, context);
    if (backend !== null) context.trace.settle(backend, context.affinity, context.group);
    return backend;
  }

  /** What a pick would find now, for an exchange that avoids what it has tried. */
  prospectOf(service: ServiceRuntime, tried: readonly BackendRuntime[]): Prospect {
    const rotation = service.rotations.current();
    if (rotation.backends.length === 0) return rotation.trials.length === 0 ? Prospect.none : Prospect.other;
    const hasOther = service.split === null ? hasOtherThan(rotation, tried) : service.split.hasOther(tried);
    return hasOther ? Prospect.other : Prospect.tried;
  }

  /**
   * Ends what {@link pick} began; called once per pick. A second call is ignored where this thread has nothing in flight
   * any more: a count below zero would draw all traffic to that backend.
   */
  release(service: ServiceRuntime, backend: BackendRuntime): void {
    const slot = backend.snapshot.slot;
    if (this.ownBackendInFlight[slot]! <= 0) return;
    // Own share first: if the thread dies in between, one too many stays counted rather than one too few.
    this.ownBackendInFlight[slot]! -= 1;
    this.ownServiceInFlight[service.snapshot.slot]! -= 1;
    Atomics.sub(this.backendCells, backend.row + BackendCell.inFlight, 1);
    Atomics.sub(this.serviceCells, service.snapshot.slot * SERVICE_CELLS + ServiceCell.inFlight, 1);
  }

  /** How long a backend took to begin its response, microseconds. */
  reportLatency(backend: BackendRuntime, latencyUs: number): void {
    this.latency.observe(backend, latencyUs);
  }

  /** How a pick came about. Not on the hot path. */
  decisionOf(trace: PickTrace): PickDecision {
    return pickDecisionOf(trace, this.backendCells);
  }

  /** Exchanges of the service that wait, over all workers. */
  waitingAt({ snapshot }: ServiceRuntime): number {
    return Math.max(0, Atomics.load(this.serviceCells, snapshot.slot * SERVICE_CELLS + ServiceCell.waiting));
  }

  /** The breaker of the service as a whole; null: it has none. */
  breakerOf({ snapshot }: ServiceRuntime): CircuitStateName | null {
    if (snapshot.policies.breaker.circuit?.perService !== true) return null;
    const cell = snapshot.slot * SERVICE_CELLS + ServiceCell.circuit + CircuitCell.state;
    return CIRCUIT_STATE_NAMES[Atomics.load(this.serviceCells, cell)]!;
  }

  private pickSplit(service: ServiceRuntime, context: PickContext): BackendRuntime | null {
    const group = service.split!.choose(context);
    if (group === null) return null;
    const backend = this.pickFrom(group, service, context);
    if (backend !== null || !service.limitsBackends) return backend;
    // A full group leaves its exchanges to the others, as an empty one does.
    context.trace.groupChoice = Choice.open;
    return this.pickFrom(service, service, context);
  }

  private pickFrom(set: BackendSet, service: ServiceRuntime, context: PickContext): BackendRuntime | null {
    const rotation = set.rotations.current();
    context.trace.look(set, rotation, this.backendCells);
    if (rotation.trials.length > 0 && context.takesTrials) {
      const trial = this.takeTrial(service, rotation, context);
      if (trial !== null) return trial;
    }
    if (rotation.backends.length === 0) return null;
    if (service.limitsBackends) return this.pickWithRoom(set, service, rotation, context);
    if (set.algorithm.exclusive) return this.pickExclusively(set, service, rotation, context);
    const backend = set.algorithm.pick(rotation, context, toAvoid(rotation, context));
    this.take(service, backend);
    return backend;
  }

  /** A half-open backend that may be tried, before the algorithm is asked; null: none. */
  private takeTrial(
    service: ServiceRuntime,
    { trials }: Rotation,
    context: PickContext,
  ): BackendRuntime | null {
    const nowMs = monotonicMs();
    for (let index = 0; index < trials.length; index++) {
      const backend = trials[index]!;
      if (context.tried.includes(backend) || !this.takeIfRoom(service, backend)) continue;
      if (!this.outages.beginTrial(service.snapshot, backend.snapshot, nowMs)) {
        this.release(service, backend);
        continue;
      }
      context.isTrial = true;
      context.trace.rule = Rule.trial;
      return backend;
    }
    return null;
  }

  private takeIfRoom(service: ServiceRuntime, backend: BackendRuntime): boolean {
    if (service.limitsBackends) return this.takeBelowLimit(service, backend);
    this.take(service, backend);
    return true;
  }

  private pickExclusively(
    set: BackendSet,
    service: ServiceRuntime,
    rotation: Rotation,
    context: PickContext,
  ): BackendRuntime {
    const slot = service.snapshot.slot;
    this.lock.acquire(slot);
    try {
      const backend = set.algorithm.pick(rotation, context, toAvoid(rotation, context));
      this.take(service, backend);
      return backend;
    } finally {
      this.lock.release(slot);
    }
  }

  /** The same for a service whose backends have a `maxInFlight`: none ever has one exchange more. */
  private pickWithRoom(
    { algorithm }: BackendSet,
    service: ServiceRuntime,
    rotation: Rotation,
    context: PickContext,
  ): BackendRuntime | null {
    const slot = service.snapshot.slot;
    if (algorithm.exclusive) this.lock.acquire(slot);
    try {
      for (;;) {
        const avoid = this.room.toAvoid(rotation, context.tried);
        if (avoid === null || avoid.length > 0) context.trace.passOver(rotation, context.tried, avoid);
        if (avoid === null) return null;
        const backend = algorithm.pick(rotation, context, avoid);
        // Lost to another worker: then that one is full, and the next look passes over it.
        if (this.takeBelowLimit(service, backend)) return backend;
      }
    } finally {
      if (algorithm.exclusive) this.lock.release(slot);
    }
  }

  private takeBelowLimit(service: ServiceRuntime, backend: BackendRuntime): boolean {
    const limit = backend.snapshot.maxInFlight === 0 ? Infinity : backend.snapshot.maxInFlight;
    const isTaken = addBelow(this.backendCells, backend.row + BackendCell.inFlight, limit);
    if (isTaken) this.countTaken(service, backend);
    return isTaken;
  }

  private take(service: ServiceRuntime, backend: BackendRuntime): void {
    Atomics.add(this.backendCells, backend.row + BackendCell.inFlight, 1);
    this.countTaken(service, backend);
  }

  /** What a backend was taken for, beside its own count. */
  private countTaken(service: ServiceRuntime, backend: BackendRuntime): void {
    const serviceSlot = service.snapshot.slot;
    Atomics.add(this.serviceCells, serviceSlot * SERVICE_CELLS + ServiceCell.inFlight, 1);
    this.ownBackendInFlight[backend.snapshot.slot]! += 1;
    this.ownServiceInFlight[serviceSlot]! += 1;
  }

  /** Runtimes that no longer serve may still be held by exchanges between two attempts: those find no removed backend there. */
  private retire(before: ReadonlyMap<string, ServiceRuntime>): void {
    const removed: BackendRuntime[] = [];
    for (const [name, service] of before) {
      const successor = this.running.get(name);
      if (successor === service) continue;
      const kept = new Set(successor?.backends);
      for (const backend of service.backends) if (!kept.has(backend)) removed.push(backend);
      service.supersede();
    }
    if (removed.length === 0) return;
    for (const backend of removed) backend.removed = true;
    for (const listener of this.removedListeners) listener(removed);
  }
}

/** What was tried, unless nothing else is in rotation: then it may be tried again. */
function toAvoid(rotation: Rotation, { tried, trace }: PickContext): readonly BackendRuntime[] {
  if (tried.length === 0 || !hasOtherThan(rotation, tried)) return NOBODY;
  trace.passOver(rotation, tried, tried);
  return tried;
}
