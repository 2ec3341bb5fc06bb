import type { ServiceConfig } from '../../../common/config/index.js';
import type { SharedMemory } from '../../../common/contract/index.js';
import type { OtherBalancers } from '../../coordination/index.js';
import {
  type BackendChange,
  type RegistryService,
  type RegistryView,
  SCALING_SOURCE,
} from '../../registry/index.js';
import type { Driver } from '../drivers/driver.js';
import type { DriverFactory } from '../drivers/driver.factory.js';
import { BackendChanges } from '../fleet/backend.changes.js';
import { counts } from '../fleet/copy.js';
import { Fleet } from '../fleet/fleet.js';
import { knock } from '../fleet/knock.js';
import type { ScaledBackends } from '../fleet/scaled-backends.js';
import { ScalingJournal, type ScalingLog, type ScalingRecorder } from '../scaling.journal.js';
import type { ScalingCounts, ScalingStatus } from '../scaling.status.js';
import { sayFarewell } from './farewell.js';
import type { ScheduleAlarms } from './schedule.alarms.js';
import { ScaledService } from './scaled.service.js';

/** Between two looks whether somebody waits for a sleeping service. */
const LISTEN_MS = 50;

export interface AutoscalerParts {
  readonly registry: RegistryService;
  readonly memory: SharedMemory;
  readonly backends: ScaledBackends;
  readonly drivers: DriverFactory;
  readonly recorder: ScalingRecorder;
  readonly log: ScalingLog;
  readonly alarms: ScheduleAlarms;
  readonly others: OtherBalancers;
}

/** Counts the copies of all scaled services, while it is the one that may. */
export class Autoscaler {
  private readonly services = new Map<string, ScaledService>();
  private readonly retiring = new Map<string, ScaledService>();
  private readonly changes: BackendChanges;
  private readonly journal: ScalingJournal;
  private readonly told = {
    started: new Map<string, number>(),
    failed: new Map<string, number>(),
    stopped: new Map<string, number>(),
  };
  private listener: NodeJS.Timeout | null = null;
  private farewells = new Map<string, NodeJS.Timeout>();
  private isActive = false;
  private isStopped = false;

  constructor(private readonly parts: AutoscalerParts) {
    this.changes = new BackendChanges(parts.registry);
    const recorder: ScalingRecorder = {
      record: (record) => {
        if (record.kind in this.told) this.count(record.kind as keyof Autoscaler['told'], record.service);
        parts.recorder.record(record);
      },
    };
    this.journal = new ScalingJournal(recorder, parts.log);
  }

  /** This balancer decides from now on. */
  activate(): void {
    if (this.isStopped) return;
    this.isActive = true;
    for (const timer of this.farewells.values()) clearTimeout(timer);
    this.farewells.clear();
    for (const service of this.services.values()) service.run();
    for (const service of this.retiring.values()) service.fleet.run();
    this.follow(this.parts.registry.current());
  }

  /** It decides no longer: what runs goes on. */
  rest(): void {
    this.isActive = false;
    this.stopListening();
    for (const service of [...this.services.values(), ...this.retiring.values()]) {
      service.halt();
      void service.fleet.pause();
    }
  }

  /** What the registry wants has changed. */
  follow(view: RegistryView): void {
    if (!this.isActive) return this.lookForAbandoned();
    for (const service of view.services) this.followService(service);
    const scaled = new Set(view.services.filter(({ scaling }) => scaling !== null).map(({ name }) => name));
    for (const [name, service] of this.services) if (!scaled.has(name)) this.retire(service);
    for (const service of this.services.values()) service.fleet.wake();
    this.removeLeftBackends(view);
  }

  /** Never again. Before the lease is given back. */
  stop(): void {
    this.isStopped = true;
    this.rest();
    for (const timer of this.farewells.values()) clearTimeout(timer);
  }

  /** After {@link stop} and the end of traffic. @param handOver Processes go on: another balancer of this machine adopts them. */
  async end(handOver: boolean): Promise<void> {
    const services = [...this.services.values(), ...this.retiring.values()];
    const { backends, others } = this.parts;
    if (!handOver) await sayFarewell({ changes: this.changes, backends, others }, services);
    await Promise.all(services.map(({ fleet }) => fleet.close(handOver)));
  }

  /** undefined: this balancer does not look after it. */
  statusOf(name: string): Omit<ScalingStatus, 'state'> | undefined {
    const service = this.services.get(name);
    if (!this.isActive || service === undefined) return undefined;
    const copies = service.fleet.look();
    const current = service.countOf(copies);
    return {
      service: name,
      driver: service.settings.source.driver,
      problem: service.fleet.problem,
      min: service.settings.min,
      max: service.settings.max,
      floor: service.floor,
      current,
      ready: copies.filter((copy) => counts(copy) && copy.isReady).length,
      desired: service.decision?.desired ?? current,
      instances: copies.map(({ instance, memory, isDraining }) => {
        const { id, url, state, startedAt, detail, cpu } = instance;
        const shown = memory.hasFailed ? 'failed' : memory.isEnding ? 'stopping' : state;
        return { id, url, backend: memory.backend, state: shown, startedAt, detail, cpu, isDraining };
      }),
      decision: service.decision,
    };
  }

  countsOf(name: string): ScalingCounts {
    const { up, down, hold } = this.services.get(name)?.counts ?? { up: 0, down: 0, hold: 0 };
    const told = (kind: keyof Autoscaler['told']) => this.told[kind].get(name) ?? 0;
    return { up, down, hold, started: told('started'), failed: told('failed'), stopped: told('stopped') };
  }

  private count(kind: keyof Autoscaler['told'], service: string): void {
    this.told[kind].set(service, (this.told[kind].get(service) ?? 0) + 1);
  }

  private followService({ name, scaling }: ServiceConfig): void {
    if (scaling === null) return;
    const known = this.services.get(name) ?? this.retiring.get(name);
    if (known === undefined) {
      const made = this.made(name, scaling);
      this.services.set(name, made);
      return made.run();
    }
    known.configure(scaling);
    if (!this.retiring.delete(name)) return;
    this.services.set(name, known);
    known.fleet.keep();
    known.run();
  }

  private made(name: string, scaling: NonNullable<ServiceConfig['scaling']>): ScaledService {
    const { backends, drivers, memory, alarms, others } = this.parts;
    const { journal, changes } = this;
    const open = (source: typeof scaling.source): Promise<Driver> => drivers.open(name, source);
    const fleet = new Fleet({ service: name, open, backends, changes, journal, knock }, scaling);
    const slot = () => backends.serviceSlot(name);
    const decided = () => this.listen();
    return new ScaledService({ name, memory, fleet, journal, alarms, others, slot, decided }, scaling);
  }

  private retire(service: ScaledService): void {
    const { name } = service;
    service.halt();
    this.services.delete(name);
    this.retiring.set(name, service);
    void this.awaitEnd(service);
  }

  private async awaitEnd(service: ScaledService): Promise<void> {
    await service.fleet.retire();
    if (this.retiring.get(service.name) === service) this.retiring.delete(service.name);
  }

  /** Of services that are not scaled any more, and whose copies nobody here has. */
  private removeLeftBackends(view: RegistryView): void {
    const changes: BackendChange[] = [];
    for (const { name: service, scaling, backends } of view.services) {
      if (scaling !== null || this.retiring.has(service)) continue;
      for (const { id, source } of backends) {
        if (source === SCALING_SOURCE) changes.push({ kind: 'remove', service, backend: id });
      }
    }
    // What fails is tried again with the next change, or by the next one who may.
    this.changes.submit(changes, 'backends of services that are not scaled any more').catch(() => undefined);
  }

  /** While there is a sleeping service, somebody may come to wake it. */
  private listen(): void {
    const isNeeded = [...this.services.values()].some(({ isAsleep }) => isAsleep);
    if (!isNeeded) return this.stopListening();
    this.listener ??= setInterval(() => {
      for (const service of this.services.values()) if (service.isAsleep) service.listen();
    }, LISTEN_MS).unref();
  }

  private stopListening(): void {
    if (this.listener !== null) clearInterval(this.listener);
    this.listener = null;
  }

  /** Another one decides: copies of ours that it has taken out of the registry are ended when they have finished. */
  private lookForAbandoned(): void {
    if (this.isStopped) return;
    for (const { name, fleet, settings } of [...this.services.values(), ...this.retiring.values()]) {
      if (this.farewells.has(name)) continue;
      const timer = setTimeout(() => {
        this.farewells.delete(name);
        if (!this.isActive) void fleet.endAbandoned();
      }, settings.drainMs);
      this.farewells.set(name, timer.unref());
    }
  }
}
