import type { DockerDriverConfig } from '../../../../common/config/index.js';
import {
  DiedContainers,
  EngineFeed,
  EngineRefusal,
  type EngineClient,
  type EngineContainer,
} from '../../../../common/docker/index.js';
import { VelocityError } from '../../../../common/errors/index.js';
import type { Driver, Instance } from '../driver.js';
import { cpuLimit, hasEnded, instanceOf } from './container.reading.js';
import { settingsDigest, settingsProblem } from './container-settings.js';
import { ContainerStarter } from './container.starter.js';
import { CpuSampler } from './cpu.sampler.js';
import { FailureFinder } from './failure.finder.js';
import { ImageSupply } from './image.supply.js';
import { MANAGED_LABEL, managedMark } from './managed-labels.js';

/** Of containers that are started at a time: more make the engine slower, not the start. */
const AT_A_TIME = 4;
/** What killing takes, after the time that a container has to end by itself. */
const KILL_MS = 20_000;
/** Until the list knows what the events have told, which it does late. */
const CATCH_UP_MS = 250;
/** After these a list answers otherwise than before. */
const EVENTS = ['create', 'start', 'die', 'destroy', 'pause', 'unpause'];
/** Of the engine's answers to ending a container: ended already, gone already, is being removed. */
const DONE_ALREADY = new Set([304, 404, 409]);

export interface DockerDriverSettings {
  readonly engine: EngineClient;
  /** Who scales: what all balancers of one store have in common, and nobody else. Containers with another owner are not touched. */
  readonly owner: string;
  readonly service: string;
  readonly config: DockerDriverConfig;
}

/**
 * Copies of a service as containers of a Docker engine. They outlive the balancer: by their label the next one adopts
 * them, whichever machine it runs on. One that ended stays, with its log, until others were started.
 */
export class DockerDriver implements Driver {
  private readonly mark: string;
  private readonly digest: string;
  private readonly starter: ContainerStarter;
  private readonly images: ImageSupply;
  private readonly failures: FailureFinder;
  private readonly cpu: CpuSampler;
  private readonly stopping = new Set<string>();
  private readonly feeds = new Set<EngineFeed>();
  private readonly watchers = new Set<() => void>();
  private readonly died = new DiedContainers();
  private again: NodeJS.Timeout | null = null;

  constructor(private readonly settings: DockerDriverSettings) {
    const { engine, owner, service, config } = settings;
    this.mark = managedMark(owner, service);
    this.digest = settingsDigest(config);
    this.starter = new ContainerStarter(engine, config, { service, mark: this.mark });
    this.images = new ImageSupply(engine, config.image);
    this.failures = new FailureFinder(engine);
    this.cpu = new CpuSampler(engine);
  }

  async list(): Promise<readonly Instance[]> {
    const containers = await this.containers();
    this.died.catchUp(containers);
    if (this.died.size > 0) this.tellAgain();
    const running = containers.filter(({ state }) => state === 'running').map(({ id }) => id);
    const ended = containers.filter((container) => hasEnded(container) && !this.stopping.has(container.id));
    await Promise.all([this.cpu.sample(running), this.failures.look(ended.map(({ id }) => id))]);
    return containers.map((container) => this.instance(container));
  }

  async start(count: number): Promise<void> {
    const { engine, config } = this.settings;
    const problem = settingsProblem(config, engine.isLocal);
    if (problem !== null) throw new VelocityError('DRIVER_REFUSED', problem);
    const failed = (await this.containers()).filter(hasEnded);
    await this.images.ensure();
    for (let left = count; left > 0; left -= AT_A_TIME) {
      await allDone(Array.from({ length: Math.min(left, AT_A_TIME) }, () => this.starter.start()));
    }
    await allDone(failed.map(({ id }) => this.remove(id)));
  }

  async stop(ids: readonly string[]): Promise<void> {
    const ours = (await this.containers()).map(({ id }) => id);
    await allDone(ids.filter((id) => ours.includes(id)).map((id) => this.end(id)));
  }

  watch(changed: () => void): () => void {
    const filters = { type: ['container'], event: EVENTS, label: [`${MANAGED_LABEL}=${this.mark}`] };
    // Whatever happened while nobody listened: the list is to be read anew. And it tells best why it cannot be.
    const feed = new EngineFeed(this.settings.engine, filters, {
      connected: () => {
        this.died.forget();
        changed();
      },
      event: (event) => {
        this.died.note(event);
        changed();
      },
      away: changed,
    });
    this.feeds.add(feed);
    this.watchers.add(changed);
    feed.start();
    return () => {
      this.feeds.delete(feed);
      this.watchers.delete(changed);
      void feed.stop();
    };
  }

  async close(): Promise<void> {
    if (this.again !== null) clearTimeout(this.again);
    this.watchers.clear();
    await Promise.all([...this.feeds].map((feed) => feed.stop()));
    this.feeds.clear();
  }

  private tellAgain(): void {
    this.again ??= setTimeout(() => {
      this.again = null;
      for (const watcher of this.watchers) watcher();
    }, CATCH_UP_MS).unref();
  }

  private async containers(): Promise<readonly EngineContainer[]> {
    const filters = { label: [`${MANAGED_LABEL}=${this.mark}`] };
    try {
      return await this.settings.engine.containers(filters);
    } catch (error) {
      throw asVelocityError(error, 'the containers cannot be listed');
    }
  }

  private instance(container: EngineContainer): Instance {
    const { id } = container;
    return instanceOf(container, {
      network: this.settings.config.network,
      isStopping: this.stopping.has(id) || this.died.has(id),
      settings: this.digest,
      failure: this.failures.why(id),
      cpu: this.cpu.share(id, cpuLimit(container)),
    });
  }

  private async end(id: string): Promise<void> {
    const { engine, config } = this.settings;
    this.stopping.add(id);
    try {
      const stop = { t: Math.ceil(config.stopMs / 1_000) };
      await engine
        .call(
          (docker, abortSignal) => docker.getContainer(id).stop({ ...stop, abortSignal }),
          config.stopMs + KILL_MS,
        )
        .catch(unlessDone('a container cannot be stopped'));
      await this.remove(id);
    } finally {
      this.stopping.delete(id);
    }
  }

  private async remove(id: string): Promise<void> {
    await this.settings.engine
      .call((docker) => docker.getContainer(id).remove({ force: true, v: true }), KILL_MS)
      .catch(unlessDone('a container cannot be removed'));
  }
}

/** All are tried; the first failure is reported when all are through. */
async function allDone(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason as Error;
}

function unlessDone(what: string): (error: unknown) => void {
  return (error) => {
    if (error instanceof EngineRefusal && DONE_ALREADY.has(error.status)) return;
    throw asVelocityError(error, what);
  };
}

function asVelocityError(error: unknown, what: string): unknown {
  return error instanceof EngineRefusal ? error.asVelocityError(what) : error;
}
