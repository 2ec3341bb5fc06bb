import { existsSync } from 'node:fs';
import type { SchedulerRegistry } from '@nestjs/schedule';
import type { DriversConfig, ScalingConfig } from '../../common/config/index.js';
import type { BackendStates, SharedMemory } from '../../common/contract/index.js';
import type { Lease, LeaseService, OtherBalancers } from '../coordination/index.js';
import type { PublicationSource } from '../data-plane/index.js';
import type { ScalingFigures } from '../metrics/index.js';
import { type RegistryService, type RegistryView, SCALING_SOURCE } from '../registry/index.js';
import type { Autoscaler } from './autoscaler/autoscaler.js';
import { DriverFactory } from './drivers/driver.factory.js';
import { ScaledBackends } from './fleet/scaled-backends.js';
import type { ScalingLog, ScalingRecorder } from './scaling.journal.js';
import type { ScalingCounts, ScalingStatus } from './scaling.status.js';

/** Who of all balancers on one store counts copies. */
const LEASE = 'autoscaling';
/** Who has not been given the lease in this time waits for one who holds it. */
const STRANDED_MS = 15_000;
const NOTHING: ScalingCounts = { up: 0, down: 0, hold: 0, started: 0, failed: 0, stopped: 0 };

export interface AutoscalingParts {
  readonly drivers: DriversConfig;
  readonly registry: RegistryService;
  readonly publications: PublicationSource;
  readonly memory: SharedMemory;
  readonly states: BackendStates;
  readonly leases: LeaseService;
  readonly others: OtherBalancers;
  readonly scheduler: SchedulerRegistry;
  readonly recorder: ScalingRecorder;
  readonly log: ScalingLog;
}

/**
 * The door to autoscaling. What does the work is loaded when a service asks for it: a balancer without such services pays
 * nothing.
 */
export class AutoscalingService {
  private readonly backends: ScaledBackends;
  private readonly drivers: DriverFactory;
  private loading: Promise<void> | null = null;
  private autoscaler: Autoscaler | null = null;
  private lease: Lease | null = null;
  private later: NodeJS.Timeout | null = null;
  private isStopped = false;

  constructor(private readonly parts: AutoscalingParts) {
    this.backends = new ScaledBackends(parts);
    const commonSecret = () => parts.registry.current().affinitySecret;
    this.drivers = new DriverFactory({ ...parts, commonSecret });
  }

  /** Once the balancer serves, and takes part in the election of leases. */
  start(): void {
    const { registry, drivers } = this.parts;
    registry.onChanged((view) => this.consider(view));
    this.consider(registry.current());
    if (drivers.process !== null && existsSync(drivers.process.folder))
      void this.endOrphans(drivers.process.folder);
  }

  /** Of all services with scaling, in the order of the configuration. */
  list(): readonly ScalingStatus[] {
    return this.parts.registry
      .current()
      .services.flatMap(({ name, scaling }) => (scaling === null ? [] : [this.statusOf(name, scaling)]));
  }

  figures(): readonly ScalingFigures[] {
    return this.list().map(({ service, state, problem, current, ready, desired }) => ({
      service,
      isActive: state === 'active',
      hasProblem: problem !== '',
      current,
      ready,
      desired,
      ...(this.autoscaler?.countsOf(service) ?? NOTHING),
    }));
  }

  /** Decides nothing any more; before the lease is given back. */
  stop(): void {
    this.isStopped = true;
    if (this.later !== null) clearTimeout(this.later);
    this.autoscaler?.stop();
  }

  /**
   * Lets go of all that was started. After the end of traffic, as processes end with the balancer; when they are handed over
   * to another balancer of this machine, at once, so that it finds them.
   */
  async end(handOver: boolean): Promise<void> {
    await this.loading;
    await this.autoscaler?.end(handOver);
  }

  private consider(view: RegistryView): void {
    if (this.autoscaler !== null) return this.autoscaler.follow(view);
    if (this.isStopped || this.loading !== null || !concerns(view)) return;
    this.loading = this.load();
  }

  private async load(): Promise<void> {
    const [{ Autoscaler }, { ScheduleAlarms }] = await Promise.all([
      import('./autoscaler/autoscaler.js'),
      import('./autoscaler/schedule.alarms.js'),
    ]);
    const { registry, memory, recorder, log, scheduler, leases, others } = this.parts;
    const { backends, drivers } = this;
    const alarms = new ScheduleAlarms(scheduler);
    const autoscaler = new Autoscaler({ registry, memory, backends, drivers, recorder, log, alarms, others });
    this.autoscaler = autoscaler;
    if (this.isStopped) return autoscaler.stop();
    this.lease = leases.request({
      name: LEASE,
      onAcquired: () => autoscaler.activate(),
      onLost: () => autoscaler.rest(),
    });
  }

  private statusOf(service: string, scaling: ScalingConfig): ScalingStatus {
    const problem = this.drivers.problemWith(scaling.source.driver);
    const own = this.autoscaler?.statusOf(service);
    if (problem === '' && own !== undefined) return { ...own, state: 'active' };
    const backends = (this.backends.of(service) ?? []).filter(
      ({ isOurs, state }) => isOurs && state !== 'draining',
    );
    return {
      service,
      driver: scaling.source.driver,
      state: problem === '' ? 'standby' : 'off',
      problem,
      min: scaling.min,
      max: scaling.max,
      floor: own?.floor ?? 0,
      current: backends.length,
      ready: backends.filter(({ isAvailable }) => isAvailable).length,
      desired: backends.length,
      instances: [],
      decision: null,
    };
  }

  /** Processes that an earlier balancer has left running for services that are not started as processes any more. */
  private async endOrphans(folder: string): Promise<void> {
    const wanted = this.parts.registry
      .current()
      .services.filter(({ scaling }) => scaling?.source.driver === 'process')
      .map(({ name }) => name);
    await this.endOrphansBut(folder, wanted);
    this.later = setTimeout(() => void this.endStranded(folder), STRANDED_MS).unref();
  }

  /** Processes of any service, when another balancer counts copies by now: nobody sends anything to those of ours. */
  private async endStranded(folder: string): Promise<void> {
    const { lease } = this;
    if (lease === null || lease.term !== null) return;
    const held = await this.parts.leases.held().catch(() => []);
    if (held.some(({ name }) => name === LEASE) && lease.term === null) await this.endOrphansBut(folder, []);
  }

  private async endOrphansBut(folder: string, wanted: readonly string[]): Promise<void> {
    const { log } = this.parts;
    try {
      const { endOrphans } = await import('./drivers/process/index.js');
      const ended = await endOrphans(folder, wanted);
      for (const orphan of ended) log.info(orphan, 'a process that no service wants any more was ended');
    } catch (error) {
      log.warn({ folder, reason: String(error) }, 'processes that no service wants any more cannot be ended');
    }
  }
}

function concerns({ services }: RegistryView): boolean {
  return services.some(
    ({ scaling, backends }) => scaling !== null || backends.some(({ source }) => source === SCALING_SOURCE),
  );
}
