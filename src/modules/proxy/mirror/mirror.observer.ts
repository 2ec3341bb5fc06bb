import {
  type MirrorSettings,
  SHAPING_CELLS,
  ShapingCell,
  type SharedMemory,
} from '../../../common/contract/index.js';
import type { Balancer } from '../../balancer/index.js';
import type { Exchange } from '../exchange.js';
import type { OutcomeObserver } from '../outcomes/outcome.observer.js';
import { MirrorContext } from './mirror.context.js';
import type { MirrorSender } from './mirror.sender.js';
import { MIRROR_FIELD, type MirroredRequest, mirrorHeaders } from './mirrored-request.js';

const MIRROR_HEADER = MIRROR_FIELD.toLowerCase();

/** What keeps a copy from being made. */
type Obstacle = typeof ShapingCell.mirrorBusy | typeof ShapingCell.mirrorBodies;

/**
 * Copies requests to the mirror of their service, after they are over: an original never waits for its copy, nor fails by
 * it. Only those are copied that were sent to a backend. A copy that comes back to a balancer is not copied once more, and
 * one that comes back to this one is refused as a loop, by the `Via` that it carries.
 */
export class MirrorObserver implements OutcomeObserver {
  private readonly cells: Int32Array;
  /** By name of the mirrored service: copies under way in this worker. */
  private readonly running = new Map<string, number>();
  private sender: Promise<MirrorSender> | null = null;

  constructor(
    memory: SharedMemory,
    private readonly balancer: Balancer,
  ) {
    this.cells = memory.shaping;
  }

  finished(exchange: Exchange): void {
    if (!exchange.isMirrored || exchange.attempts.length === 0 || exchange.status === 101) return;
    if (exchange.header(MIRROR_HEADER) !== undefined) return;
    const mirror = exchange.shaping!.mirror!;
    const obstacle = this.obstacle(exchange, mirror);
    if (obstacle !== null) this.count(exchange, obstacle);
    else this.copy(exchange, mirror);
  }

  private obstacle(exchange: Exchange, { maxInFlight, maxBodyBytes }: MirrorSettings): Obstacle | null {
    if ((this.running.get(exchange.settings.name) ?? 0) >= maxInFlight) return ShapingCell.mirrorBusy;
    if (!exchange.hasBody) return null;
    const { replay } = exchange;
    const isKept = replay !== null && replay.isComplete && replay.isWhole && replay.length <= maxBodyBytes;
    return isKept ? null : ShapingCell.mirrorBodies;
  }

  private copy(exchange: Exchange, mirror: MirrorSettings): void {
    const cell = cellOf(exchange, ShapingCell.mirrored);
    const failures = cellOf(exchange, ShapingCell.mirrorFailures);
    const request = this.requestFor(exchange, mirror);
    if (request === null) return void Atomics.add(this.cells, failures, 1);
    const { name } = exchange.settings;
    this.running.set(name, (this.running.get(name) ?? 0) + 1);
    const done = (isAnswered: boolean) => {
      this.left(name);
      this.balancer.release(request.service, request.backend);
      Atomics.add(this.cells, isAnswered ? cell : failures, 1);
    };
    // Not now: the last bytes of the original are still to be written.
    setImmediate(() => void this.send(request, done));
  }

  private async send(request: MirroredRequest, done: (isAnswered: boolean) => void): Promise<void> {
    let sender: MirrorSender;
    try {
      this.sender ??= this.load();
      sender = await this.sender;
    } catch {
      return done(false);
    }
    sender.send(request, done);
  }

  /** null: the mirror has no backend. What is taken of the exchange is taken now: its lane uses it again. */
  private requestFor(exchange: Exchange, mirror: MirrorSettings): MirroredRequest | null {
    const service = this.balancer.serviceNamed(mirror.service);
    const backend = service === null ? null : this.balancer.pick(service, new MirrorContext(exchange));
    if (service === null || backend === null) return null;
    const body = exchange.hasBody ? Buffer.from(exchange.replay!.toBuffer()) : null;
    const { method } = exchange.head;
    return {
      service,
      backend,
      method,
      target: exchange.target,
      headers: mirrorHeaders(exchange, body),
      body,
    };
  }

  /** Loaded by the first copy: `node:http` takes about 5 MiB of a worker that serves by the wire lane. */
  private async load(): Promise<MirrorSender> {
    // Before anything else imports `node:http`.
    await import('../../../common/lean-http.js');
    const { MirrorSender } = await import('./mirror.sender.js');
    const sender = new MirrorSender();
    this.balancer.onBackendsRemoved((removed) => sender.pools.remove(removed));
    return sender;
  }

  /** A copy is no longer under way; services without any are forgotten. */
  private left(name: string): void {
    const others = this.running.get(name)! - 1;
    if (others > 0) this.running.set(name, others);
    else this.running.delete(name);
  }

  private count(exchange: Exchange, obstacle: Obstacle): void {
    Atomics.add(this.cells, cellOf(exchange, obstacle), 1);
  }
}

function cellOf(exchange: Exchange, cell: number): number {
  return exchange.settings.slot * SHAPING_CELLS + cell;
}
