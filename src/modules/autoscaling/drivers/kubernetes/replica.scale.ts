import type { V1Scale } from '@kubernetes/client-node';
import { Backoff } from '../../../../common/backoff.js';
import { isVelocityError } from '../../../../common/errors/index.js';
import { apiFailure, statusOf } from './api.failure.js';
import type { ClusterApi } from './cluster.api.js';

/** A count that nobody changes all the time is written at the second try. */
const MAX_CONFLICTS = 8;

/** A write of which it is not known whether it arrived. */
interface OpenWrite {
  /** Resource version before it. */
  readonly before: string;
  readonly replicas: number;
  readonly ids: readonly string[];
}

/**
 * The desired count of one Deployment, through its `scale` subresource: read, changed and stored under the version that was
 * read, so that a change of somebody else is never overwritten.
 *
 * Remembers for which pods the count has been lowered already: asked to end the same pods again, because the first time was
 * not seen to succeed, it must not be lowered twice.
 */
export class ReplicaScale {
  private readonly lowered = new Set<string>();
  private open: OpenWrite | null = null;

  constructor(
    private readonly api: ClusterApi,
    private readonly deployment: string,
  ) {}

  async read(): Promise<V1Scale> {
    return this.api.scaleOf(this.deployment);
  }

  async raise(count: number): Promise<void> {
    await this.change((replicas) => replicas + count, []);
  }

  /** Lowers the count by those of the ids for which it has not been lowered yet. */
  async lower(ids: readonly string[]): Promise<void> {
    await this.settle();
    const fresh = ids.filter((id) => !this.lowered.has(id));
    if (fresh.length === 0) return;
    await this.change((replicas) => Math.max(0, replicas - fresh.length), fresh);
    for (const id of fresh) this.lowered.add(id);
  }

  /** These are gone, or stay after all. */
  forget(ids: Iterable<string>): void {
    for (const id of ids) this.lowered.delete(id);
  }

  private async change(next: (replicas: number) => number, ids: readonly string[]): Promise<void> {
    const backoff = new Backoff({ baseMs: 50, maxMs: 1_000 });
    for (let conflicts = 0; ; conflicts += 1) {
      const scale = await this.read();
      const replicas = next(scale.spec?.replicas ?? 0);
      try {
        await this.api.putScale(this.deployment, scale, replicas);
        return;
      } catch (error) {
        if (statusOf(error) !== 409 || conflicts === MAX_CONFLICTS) {
          throw this.failed(error, { before: scale.metadata?.resourceVersion ?? '', replicas, ids });
        }
      }
      await new Promise((resolve) => setTimeout(resolve, backoff.next()));
    }
  }

  private failed(error: unknown, write: OpenWrite): Error {
    const access = this.api.access('update', 'deployments/scale', 'apps', this.deployment);
    const failure = apiFailure(error, access, this.api.server);
    const isOpen = isVelocityError(failure, 'DRIVER_UNAVAILABLE') && statusOf(error) !== 409;
    if (isOpen && write.ids.length > 0) this.open = write;
    return failure;
  }

  /** Whether a write arrived whose answer did not: then the version has moved and the count is the one that was written. */
  private async settle(): Promise<void> {
    const { open } = this;
    if (open === null) return;
    const scale = await this.read();
    const arrived =
      scale.metadata?.resourceVersion !== open.before && (scale.spec?.replicas ?? 0) === open.replicas;
    if (arrived) for (const id of open.ids) this.lowered.add(id);
    this.open = null;
  }
}
