import { setTimeout as delay } from 'node:timers/promises';
import {
  DiedContainers,
  EngineFeed,
  EngineRefusal,
  type EngineClient,
  type EngineEvent,
} from '../../../common/docker/index.js';
import type { DiscoverySource, Findings } from '../found.js';
import type { ContainerReach } from './container.address.js';
import { findingsOf } from './container.findings.js';
import { isLabelled } from './container-labels.js';

/** Events come in bursts: what happens within this time is one look. */
const GATHERING_MS = 100;
/** After a look that failed while the stream of events lives. */
const AGAIN_MS = 1_000;
const EVENTS = [
  'start',
  'die',
  'destroy',
  'pause',
  'unpause',
  'rename',
  'health_status',
  'connect',
  'disconnect',
];

/**
 * Finds backends by the labels of containers. One look at the engine's list tells everything, so an event only says that
 * it is time for one: bursts cost no more than a few, and nothing is lost with a stream that broke off.
 */
export class DockerSource implements DiscoverySource {
  readonly name = 'docker';
  private readonly stopping = new AbortController();
  private readonly feed: EngineFeed;
  private readonly died = new DiedContainers();
  private found: (findings: Findings) => void = () => undefined;
  private looking: Promise<void> | null = null;
  private isStale = false;
  private trouble = '';
  /** What was told last, as text. */
  private told = '';

  constructor(
    private readonly engine: EngineClient,
    private readonly reach: ContainerReach,
  ) {
    const filters = { type: ['container', 'network'], event: EVENTS };
    this.feed = new EngineFeed(engine, filters, {
      connected: () => {
        this.died.forget();
        this.look();
      },
      event: (event) => {
        this.died.note(event);
        if (concernsUs(event)) this.look();
      },
      away: (problem) => (this.trouble = problem),
    });
  }

  start(found: (findings: Findings) => void): void {
    this.found = found;
    this.feed.start();
  }

  problem(): string {
    return this.trouble;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.feed.stop();
    await this.looking;
  }

  /** One look at a time; what happens during one makes another. */
  private look(): void {
    this.isStale = true;
    this.looking ??= this.lookWhileStale().finally(() => (this.looking = null));
  }

  private async lookWhileStale(): Promise<void> {
    while (this.isStale && !this.isStopped) {
      await this.pause(GATHERING_MS);
      if (this.isStopped) return;
      this.isStale = false;
      try {
        const containers = await this.engine.containers({ status: ['running'] });
        this.died.catchUp(containers);
        const living = containers.filter(({ id }) => !this.died.has(id));
        this.tell(findingsOf(living, this.reach));
        this.trouble = '';
      } catch (error) {
        this.trouble = troubleText(error);
        this.isStale = true;
        await this.pause(AGAIN_MS);
      }
    }
  }

  private tell(findings: Findings): void {
    const text = JSON.stringify(findings);
    if (text === this.told || this.isStopped) return;
    this.told = text;
    this.found(findings);
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }

  private get isStopped(): boolean {
    return this.stopping.signal.aborted;
  }
}

/** The engine cannot filter by the beginning of a label's name, and events of networks carry no labels. */
function concernsUs({ type, attributes }: EngineEvent): boolean {
  return type === 'network' || isLabelled(attributes);
}

function troubleText(error: unknown): string {
  if (error instanceof EngineRefusal) return error.asVelocityError('the containers cannot be listed').message;
  return (error as Error).message;
}
