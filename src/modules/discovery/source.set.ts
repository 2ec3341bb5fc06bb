import { isDeepStrictEqual } from 'node:util';
import type {
  DiscoverySourceConfig,
  DockerDiscoveryConfig,
  ServiceConfig,
} from '../../common/config/index.js';
import type { DiscoverySource, Findings } from './found.js';
import type { SourceState } from './reconcile/plan.js';
import { DOCKER_SOURCE, sourceName } from './source.names.js';

/** What the configuration says that is to be looked at. */
export type WantedSource =
  | { readonly type: 'docker'; readonly docker: DockerDiscoveryConfig }
  | { readonly type: 'service'; readonly service: string; readonly config: DiscoverySourceConfig };

/** Makes a source; rejects when it cannot be, saying why. */
export type MakeSource = (wanted: WantedSource) => Promise<DiscoverySource>;

/** All sources that the configuration names. */
export function wantedSources(
  docker: DockerDiscoveryConfig | null,
  services: readonly ServiceConfig[],
): readonly WantedSource[] {
  const ofServices = services.flatMap(({ name, discovery }) =>
    discovery.map((config) => ({ type: 'service' as const, service: name, config })),
  );
  return docker === null ? ofServices : [{ type: 'docker', docker }, ...ofServices];
}

/** The sources that run: started and stopped as the configuration changes. */
export class SourceSet {
  private readonly running = new Map<string, RunningSource>();

  constructor(
    private readonly make: MakeSource,
    private readonly onFound: () => void,
  ) {}

  /** Those that stay the same go on undisturbed. */
  follow(wanted: readonly WantedSource[]): void {
    const keys = new Map(wanted.map((one) => [JSON.stringify(one), one]));
    for (const [key, source] of this.running) {
      if (keys.has(key)) continue;
      this.running.delete(key);
      void source.stop();
    }
    for (const [key, one] of keys)
      if (!this.running.has(key)) this.running.set(key, new RunningSource(one, this.make, this.onFound));
  }

  /** In the order of the configuration, as far as they did not change. */
  states(): readonly (SourceState & { readonly problem: string })[] {
    return [...this.running.values()];
  }

  async stop(): Promise<void> {
    const sources = [...this.running.values()];
    this.running.clear();
    await Promise.all(sources.map((source) => source.stop()));
  }
}

/** One source, from the moment on at which it is wanted. */
class RunningSource implements SourceState {
  readonly name: string;
  readonly service: string | null;
  findings: Findings | null = null;
  private source: DiscoverySource | null = null;
  private failure = '';
  private isStopped = false;
  private readonly made: Promise<void>;

  constructor(
    wanted: WantedSource,
    make: MakeSource,
    private readonly onFound: () => void,
  ) {
    this.name = nameOf(wanted);
    this.service = wanted.type === 'service' ? wanted.service : null;
    this.made = this.begin(make(wanted));
  }

  get problem(): string {
    return this.failure !== '' ? this.failure : (this.source?.problem() ?? '');
  }

  /** Never rejects: nobody is left who could do something about it. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.made;
    await this.source?.stop().catch((error: unknown) => (this.failure = String(error)));
  }

  private async begin(making: Promise<DiscoverySource>): Promise<void> {
    try {
      this.source = await making;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
      return;
    }
    if (!this.isStopped) this.source.start((findings) => this.take(findings));
  }

  private take(findings: Findings): void {
    if (this.isStopped || isDeepStrictEqual(findings, this.findings)) return;
    this.findings = findings;
    this.onFound();
  }
}

function nameOf(wanted: WantedSource): string {
  if (wanted.type === 'docker') return DOCKER_SOURCE;
  const { config } = wanted;
  return config.type === 'dns' ? sourceName('dns', config.name) : sourceName('file', config.path);
}
