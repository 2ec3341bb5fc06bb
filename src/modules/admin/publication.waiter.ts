import { VelocityError } from '../../common/errors/index.js';
import type { Publication, PublicationSource } from '../data-plane/index.js';

const DEADLINE_MS = 5_000;

interface Waiting {
  readonly revision: number;
  readonly resolve: () => void;
}

/** Lets a write answer only when its change runs. */
export class PublicationWaiter {
  private readonly waiting = new Set<Waiting>();

  constructor(
    private readonly source: PublicationSource,
    private readonly deadlineMs = DEADLINE_MS,
  ) {
    source.onPublished((publication) => this.settle(publication));
  }

  /** Resolves when this revision or a later one is published. Rejects with WORKER_FAILED after 5 s. */
  async published(revision: number): Promise<void> {
    if ((this.source.current()?.revision ?? 0) >= revision) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = { revision, resolve };
    this.waiting.add(waiting);
    const timer = setTimeout(() => reject(notPublished(revision)), this.deadlineMs);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.waiting.delete(waiting);
    }
  }

  private settle(publication: Publication): void {
    for (const waiting of this.waiting) {
      if (waiting.revision <= publication.revision) waiting.resolve();
    }
  }
}

function notPublished(revision: number): VelocityError {
  return new VelocityError(
    'WORKER_FAILED',
    `The change is saved as revision ${revision}, but does not run yet; GET /api/v1/status shows the workers.`,
  );
}
