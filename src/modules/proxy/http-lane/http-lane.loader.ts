import type { Balancer } from '../../balancer/index.js';
import type { Pipeline } from '../pipeline.js';
import type { HttpLane } from './http-lane.js';

/**
 * The HTTP lane of a worker, loaded when the first connection needs it: `node:http` and http-proxy-middleware take about
 * 5 MiB of each worker, and most never serve an upgrade.
 */
export class HttpLaneLoader {
  /** null: nobody has needed it yet. */
  lane: HttpLane | null = null;
  private loading: Promise<HttpLane> | null = null;

  constructor(
    private readonly pipeline: Pipeline,
    private readonly balancer: Balancer,
  ) {}

  load(): Promise<HttpLane> {
    this.loading ??= this.make();
    return this.loading;
  }

  /** Cuts what is left and closes all connections to backends. */
  close(): void {
    this.lane?.close();
  }

  private async make(): Promise<HttpLane> {
    // Before anything else imports `node:http`.
    await import('../../../common/lean-http.js');
    const { HttpLane } = await import('./http-lane.js');
    const lane = new HttpLane(this.pipeline, this.balancer);
    await lane.prepare();
    this.lane = lane;
    return lane;
  }
}
