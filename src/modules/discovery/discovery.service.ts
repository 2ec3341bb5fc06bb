import type { ServiceConfig } from '../../common/config/index.js';
import type { RegistryView } from '../registry/index.js';
import { type DiscoveryStatus, NO_DISCOVERY } from './discovery.status.js';
import type { DiscoveryParts, RunningDiscovery } from './running.discovery.js';
import { isOwnSource } from './source.names.js';

/**
 * Discovery as the rest of the balancer knows it. Its code is loaded when there is a source, or something that a source
 * once brought: most balancers have neither.
 */
export class DiscoveryService {
  /** Services that were looked at and need nothing. */
  private readonly plain = new WeakSet<ServiceConfig>();
  private loading: Promise<void> | null = null;
  private running: RunningDiscovery | null = null;
  private isStopped = false;

  constructor(private readonly parts: DiscoveryParts) {}

  /** Once the registry runs and the balancer serves. */
  start(): void {
    this.parts.registry.onChanged((view) => this.follow(view));
    this.follow(this.parts.registry.current());
  }

  status(): DiscoveryStatus {
    return this.running?.status() ?? NO_DISCOVERY;
  }

  /** Before the store is closed. May be called again. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.loading;
    await this.running?.stop();
  }

  private follow({ services }: RegistryView): void {
    if (this.loading !== null || this.isStopped) return;
    const isWanted = this.parts.docker !== null || services.some((service) => this.concernsUs(service));
    if (isWanted) this.loading = this.load();
  }

  private async load(): Promise<void> {
    try {
      const { RunningDiscovery } = await import('./running.discovery.js');
      if (!this.isStopped) this.running = new RunningDiscovery(this.parts);
    } catch (error) {
      this.parts.log.error({ error }, 'discovery cannot be loaded');
    }
  }

  private concernsUs(service: ServiceConfig): boolean {
    if (this.plain.has(service)) return false;
    const { discovery, backends } = service;
    if (discovery.length > 0 || backends.some(({ source }) => source !== null && isOwnSource(source)))
      return true;
    this.plain.add(service);
    return false;
  }
}
