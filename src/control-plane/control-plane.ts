import { once } from 'node:events';
import type { Server } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { NestFactory } from '@nestjs/core';
import { resolveGlobals, type VelocityConfig } from '../common/config/index.js';
import type { BoundAddress, DrainReport } from '../common/contract/index.js';
import { noLongerThan } from '../common/patience.js';
import { ControlPlaneModule, type ControlPlaneOptions } from '../control-plane.module.js';
import { AutoscalingService } from '../modules/autoscaling/index.js';
import { BalancerRoster, Coordination } from '../modules/coordination/index.js';
import { DiscoveryService } from '../modules/discovery/index.js';
import {
  addressError,
  BlocklistPublisher,
  DATA_PLANE,
  type DataPlane,
  type InheritedAddress,
  type OwnedAddress,
  SharedLimitsMonitor,
  SnapshotPublisher,
} from '../modules/data-plane/index.js';
import { OWNED_ADDRESSES } from '../modules/data-plane/data-plane.module.js';
import { AdminServer } from '../modules/admin/index.js';
import { GuardKeeper } from '../modules/changes/index.js';
import { HealthService, ProbeScheduler } from '../modules/health/index.js';
import { AccessLogShipper, AuditLogRecorder } from '../modules/logging/index.js';
import {
  RegistryService,
  type RegistryView,
  STORE_CONNECTION,
  type StoreConnection,
} from '../modules/registry/index.js';
import { adminUrlOf } from './admin-url.js';
import { type ApplierParts, ConfigFileApplier } from './config-file.applier.js';
import { LoadWatch } from './load/load.watch.js';
import { NestLogger } from './nest.logger.js';
import type { StartHeap } from './start.heap.js';
import { reportHealth, reportSharedLimits, reportStore } from './state.report.js';
import { TakeoverDoor } from './takeover/takeover.door.js';
import { type TakenAddresses, takeoverPath } from './takeover/takeover.messages.js';
import type { Takeover } from './takeover/takeover.js';

/** The listeners open at the latest after this, whatever the first probes say. */
const FIRST_PROBES_MS = 1_000;

export interface StartOptions extends ControlPlaneOptions {
  readonly file: ConfigSource;
  /** Waited for before the first probe is sent. */
  readonly backendsStarted?: Promise<void>;
  /** Released before the workers start. */
  readonly heap: StartHeap;
  /** Instead of binding the addresses: they are taken over. */
  readonly takeover?: Takeover;
  readonly inherited?: readonly InheritedAddress[] | null;
}

/** Where the configuration comes from. */
export interface ConfigSource extends Omit<ApplierParts, 'registry' | 'log' | 'audit'> {
  /** false: from the command line, and `path` only says so. */
  readonly isFile: boolean;
}

/** A running balancer: brings its parts up and down in the right order. */
export class ControlPlane {
  adminAddress: BoundAddress = { host: '', port: 0 };
  listeners: readonly BoundAddress[] = [];
  private takeoverDoor: TakeoverDoor | null = null;
  /** Another process has the sockets. */
  private isTaken = false;

  private constructor(
    private readonly app: NestExpressApplication,
    private readonly file: ConfigFileApplier,
    private readonly options: StartOptions,
    private readonly server: AdminServer,
  ) {}

  /** Rejects with a VelocityError when it cannot serve; nothing is left running then. */
  static async start(options: StartOptions): Promise<ControlPlane> {
    const server = new AdminServer(options.config.admin);
    const app = await NestFactory.create<NestExpressApplication>(ControlPlaneModule.forRoot(options), {
      ...server.options,
      logger: new NestLogger(options.logger),
      abortOnError: false,
    });
    const registry = app.get(RegistryService);
    const file = new ConfigFileApplier({
      ...options.file,
      registry,
      log: options.logger,
      audit: app.get(AuditLogRecorder),
    });
    const controlPlane = new ControlPlane(app, file, options, server);
    try {
      await controlPlane.bringUp(registry);
    } catch (error) {
      await controlPlane.stop(0);
      throw error;
    }
    return controlPlane;
  }

  /** Resolves with the id of a process that has taken over: this one is to stop. Once it has started. */
  get taken(): Promise<number> {
    return this.takeoverDoor!.taken;
  }

  /** Stops traffic first, then the rest. Resolves with what was cut at the deadline. */
  async stop(deadlineMs: number): Promise<DrainReport> {
    this.options.running.isStopping = true;
    this.file.close();
    this.app.get(BlocklistPublisher).close();
    this.takeoverDoor?.close();
    // First of all: what the end of traffic looks like says nothing about a change that is under guard.
    this.app.get(GuardKeeper).stop();
    // How many copies there are is another balancer's business now: before the lease is given back.
    const autoscaling = this.app.get(AutoscalingService);
    autoscaling.stop();
    // Who takes over adopts what we have started, and would start its own otherwise.
    if (this.isTaken) await autoscaling.end(true);
    // What only one may do, another balancer does from now on: it need not wait for our last exchange.
    const handedOver = this.app.get(Coordination).handOver();
    const discovered = this.app.get(DiscoveryService).stop();
    const report = await this.app.get<DataPlane>(DATA_PLANE).drain(deadlineMs);
    // Before the logs are closed: a probe that ended later would find nobody to take its record.
    this.app.get(ProbeScheduler).stop();
    await Promise.all([handedOver, discovered]);
    // What serves our last exchanges ends after them.
    if (!this.isTaken) await autoscaling.end(false);
    await this.server.close(this.app);
    await this.app.close();
    return report;
  }

  private async bringUp(registry: RegistryService): Promise<void> {
    const { app, options } = this;
    const publisher = app.get(SnapshotPublisher);
    const blocklist = app.get(BlocklistPublisher);
    const dataPlane = app.get<DataPlane>(DATA_PLANE);
    reportSharedLimits(app.get(SharedLimitsMonitor), options.logger);
    reportHealth(app.get(HealthService), options.logger);
    reportStore(app.get<StoreConnection>(STORE_CONNECTION), options.logger);
    if (options.file.isFile) options.running.configFile = () => this.file.status();
    options.running.discovery = () => app.get(DiscoveryService).status();
    publisher.connect(dataPlane);
    blocklist.connect(dataPlane);
    await Promise.all([this.file.begin(), options.backendsStarted]);
    // The first snapshot starts the workers.
    options.heap.release();
    app.get(AccessLogShipper).start();
    const publishers = { snapshots: publisher, blocklist };
    publish(publishers, registry.current());
    registry.onChanged((view) => publish(publishers, view));
    this.server.configure(app);
    // The traffic ports come last: no connection is accepted by a balancer that then cannot start.
    // Nor is one accepted before it is known who is blocked.
    const ready = [this.firstProbes(), blocklist.settled()];
    await Promise.all(options.takeover === undefined ? [this.openAdmin(), ...ready] : ready);
    const taken = await options.takeover?.receive();
    if (taken !== undefined) await this.openAdmin(taken.admin);
    this.listeners = await dataPlane.listen(taken?.traffic);
    for (const address of app.get<readonly OwnedAddress[]>(OWNED_ADDRESSES)) address.served();
    options.running.listeners = this.listeners;
    options.running.admin = adminUrlOf(this.adminAddress, options.config.admin.tls !== null);
    await this.completeTakeover();
    app.get(LoadWatch).onNews(() => app.get(BalancerRoster).hurry());
    app.get(Coordination).start();
    app.get(DiscoveryService).start();
    const autoscaling = app.get(AutoscalingService);
    autoscaling.start();
    options.running.scaling = () => autoscaling.figures();
    if (options.file.isFile) this.file.watch();
    await this.door().open();
  }

  /** From here on this process alone accepts. */
  private async completeTakeover(): Promise<void> {
    const { takeover, inherited, logger } = this.options;
    if (takeover === undefined) return;
    await takeover.complete();
    for (const address of inherited ?? []) {
      await address
        .own()
        .catch((error: Error) => logger.warn({ reason: error.message }, 'an address has another owner'));
    }
    logger.info({ pid: takeover.pid }, 'the listening sockets were taken over from another process');
  }

  /** Where the next process may ask to take over. */
  private door(): TakeoverDoor {
    const { app } = this;
    const { config, logger } = this.options;
    const dataPlane = app.get<DataPlane>(DATA_PLANE);
    this.takeoverDoor = new TakeoverDoor({
      path: takeoverPath(config.admin.tokenFile),
      configured: addressesOf(config),
      bound: { listeners: this.listeners, admin: this.adminAddress },
      sockets: () => dataPlane.sockets(),
      adminSocket: () => descriptorOf(app.getHttpServer()),
      leave: () => this.leave(),
      log: logger.child({ component: 'takeover' }),
    });
    return this.takeoverDoor;
  }

  private leave(): void {
    this.isTaken = true;
    this.server.leave(this.app);
    for (const address of this.app.get<readonly OwnedAddress[]>(OWNED_ADDRESSES)) address.release();
  }

  /** When each service is known to be fit or not, or it takes too long to find out. */
  private firstProbes(): Promise<void> {
    return noLongerThan(FIRST_PROBES_MS, this.app.get(HealthService).servicesDecided());
  }

  /** @param adopted A socket that listens already; omitted: it is bound. */
  private async openAdmin(adopted?: number): Promise<void> {
    const { host, port } = this.options.config.admin;
    const server: Server = this.app.getHttpServer();
    try {
      if (adopted === undefined) await this.app.listen(port, host);
      else {
        await this.app.init();
        server.listen({ fd: adopted });
        await once(server, 'listening');
      }
    } catch (error) {
      throw addressError(host, port, error as NodeJS.ErrnoException);
    }
    const { port: bound } = server.address() as { port: number };
    this.adminAddress = { host, port: bound };
  }
}

interface Publishers {
  readonly snapshots: SnapshotPublisher;
  readonly blocklist: BlocklistPublisher;
}

function publish({ snapshots, blocklist }: Publishers, view: RegistryView): void {
  const globals = resolveGlobals(view.state);
  blocklist.useLists({ globals, services: view.services });
  snapshots.publish({
    revision: view.revision.number,
    services: view.services,
    trustedProxies: view.state.trustedProxies,
    globals,
    affinitySecret: view.affinitySecret,
  });
}

/** As the configuration says; port 0 is any. */
export function addressesOf({ listeners, admin }: VelocityConfig): TakenAddresses {
  return {
    listeners: listeners.map(({ host, port }) => ({ host, port })),
    admin: { host: admin.host, port: admin.port },
  };
}

function descriptorOf(server: Server): number {
  const { fd } = (server as Server & { _handle?: { fd: number } | null })._handle ?? { fd: -1 };
  if (fd < 0) throw new Error('the admin API has no socket');
  return fd;
}
