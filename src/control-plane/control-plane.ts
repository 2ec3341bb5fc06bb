import { resolveGlobals } from '../common/config/index.js';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { NestFactory } from '@nestjs/core';
import type { BoundAddress } from '../common/contract/index.js';
import { ControlPlaneModule, type ControlPlaneOptions } from '../control-plane.module.js';
import { Coordination } from '../modules/coordination/index.js';
import { addressError, DATA_PLANE, type DataPlane, SnapshotPublisher } from '../modules/data-plane/index.js';
import { AdminServer } from '../modules/admin/index.js';
import { GuardKeeper } from '../modules/changes/index.js';
import { HealthService, ProbeScheduler } from '../modules/health/index.js';
import { AuditLogRecorder } from '../modules/logging/index.js';
import {
  RegistryService,
  type RegistryView,
  STORE_CONNECTION,
  type StoreConnection,
} from '../modules/registry/index.js';
import { adminUrlOf } from './admin-url.js';
import { type ApplierParts, ConfigFileApplier } from './config-file.applier.js';
import { NestLogger } from './nest.logger.js';
import type { StartHeap } from './start.heap.js';
import { reportHealth, reportStore } from './state.report.js';

/** The listeners open at the latest after this, whatever the first probes say. */
const FIRST_PROBES_MS = 1_000;

export interface StartOptions extends ControlPlaneOptions {
  readonly file: ConfigSource;
  /** Waited for before the first probe is sent. */
  readonly backendsStarted?: Promise<void>;
  /** Released before the workers start. */
  readonly heap: StartHeap;
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

  /** Stops traffic first, then the rest. Resolves with the number of exchanges that were cut at the deadline. */
  async stop(deadlineMs: number): Promise<number> {
    this.options.running.isStopping = true;
    this.file.close();
    // First of all: what the end of traffic looks like says nothing about a change that is under guard.
    this.app.get(GuardKeeper).stop();
    // What only one may do, another balancer does from now on: it need not wait for our last exchange.
    const handedOver = this.app.get(Coordination).handOver();
    const cut = await this.app.get<DataPlane>(DATA_PLANE).drain(deadlineMs);
    // Before the logs are closed: a probe that ended later would find nobody to take its record.
    this.app.get(ProbeScheduler).stop();
    await handedOver;
    await this.server.close(this.app);
    await this.app.close();
    return cut;
  }

  private async bringUp(registry: RegistryService): Promise<void> {
    const { app, options } = this;
    const publisher = app.get(SnapshotPublisher);
    const dataPlane = app.get<DataPlane>(DATA_PLANE);
    reportHealth(app.get(HealthService), options.logger);
    reportStore(app.get<StoreConnection>(STORE_CONNECTION), options.logger);
    if (options.file.isFile) options.running.configFile = () => this.file.status();
    publisher.connect(dataPlane);
    await Promise.all([this.file.begin(), options.backendsStarted]);
    // The first snapshot starts the workers.
    options.heap.release();
    publish(publisher, registry.current());
    registry.onChanged((view) => publish(publisher, view));
    this.server.configure(app);
    // The traffic ports come last: no connection is accepted by a balancer that then cannot start.
    await Promise.all([this.openAdmin(), this.firstProbes()]);
    this.listeners = await dataPlane.listen();
    options.running.listeners = this.listeners;
    options.running.admin = adminUrlOf(this.adminAddress, options.config.admin.tls !== null);
    app.get(Coordination).start();
    if (options.file.isFile) this.file.watch();
  }

  /** When each service is known to be fit or not, or it takes too long to find out. */
  private firstProbes(): Promise<void> {
    return Promise.race([this.app.get(HealthService).servicesDecided(), elapsed(FIRST_PROBES_MS)]);
  }

  private async openAdmin(): Promise<void> {
    const { host, port } = this.options.config.admin;
    try {
      await this.app.listen(port, host);
    } catch (error) {
      throw addressError(host, port, error as NodeJS.ErrnoException);
    }
    const { port: bound } = this.app.getHttpServer().address() as { port: number };
    this.adminAddress = { host, port: bound };
  }
}

function publish(publisher: SnapshotPublisher, view: RegistryView): void {
  publisher.publish({
    revision: view.revision.number,
    services: view.services,
    trustedProxies: view.state.trustedProxies,
    globals: resolveGlobals(view.state),
    affinitySecret: view.affinitySecret,
  });
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
