import { normalisedBackendUrl } from '../../../common/config/index.js';
import { type Copy, CopyMemory, isAlive } from './copy.js';
import type { OwnedInstance } from './driver.set.js';
import type { ScaledBackend, ScaledBackends } from './scaled-backends.js';

/** What has happened to a copy since the last look. */
export type CopyEvent =
  | { readonly kind: 'ready'; readonly copy: Copy }
  | {
      readonly kind: 'failed';
      readonly instance: string;
      readonly backend: string | null;
      readonly reason: string;
      /** How long it took requests; 0: never. */
      readonly servedMs: number;
    };

export interface Look {
  readonly copies: readonly Copy[];
  readonly events: readonly CopyEvent[];
}

/** Knows the copies of one service: joins what its driver lists with its backends, and sees what has changed. */
export class Census {
  private memories = new Map<string, CopyMemory>();
  private isFirst = true;

  constructor(
    private readonly backends: Pick<ScaledBackends, 'inFlight' | 'inFlightElsewhere' | 'revision'>,
  ) {}

  /**
   * @param backends Of the service, whoever brought them.
   * @param startMs One that has not become ready in this time has failed.
   */
  look(
    instances: readonly OwnedInstance[],
    backends: readonly ScaledBackend[],
    startMs: number,
    now: number,
  ): Look {
    const byUrl = new Map(backends.map((backend) => [backend.url, backend]));
    const known = this.memories;
    this.memories = new Map();
    const events: CopyEvent[] = [];
    const copies = instances.map((owned) => {
      const memory = known.get(owned.key) ?? this.memoryOf(owned, now);
      known.delete(owned.key);
      this.memories.set(owned.key, memory);
      const copy = this.join(owned, memory, byUrl, now);
      const event = eventOf(copy, startMs, now);
      if (event !== null) events.push(event);
      return copy;
    });
    for (const [key, memory] of known) {
      if (!memory.isEnding && !memory.hasFailed) events.push(vanished(key, memory, now));
    }
    this.isFirst = false;
    return { copies, events };
  }

  /** The same copies as they are now: what the driver said stays, what the balancer knows is looked at again. */
  refresh(copies: readonly Copy[], backends: readonly ScaledBackend[], now: number): readonly Copy[] {
    const byUrl = new Map(backends.map((backend) => [backend.url, backend]));
    return copies.map(({ owned, memory }) => this.join(owned, memory, byUrl, now));
  }

  private memoryOf({ instance }: OwnedInstance, now: number): CopyMemory {
    return new CopyMemory(this.isFirst ? now : Math.min(now, instance.startedAt), this.isFirst);
  }

  private inFlight({ slot, backend }: CopyMemory): number {
    const elsewhere = backend === null ? 0 : this.backends.inFlightElsewhere(backend);
    return this.backends.inFlight(slot) + elsewhere;
  }

  private join(
    owned: OwnedInstance,
    memory: CopyMemory,
    byUrl: ReadonlyMap<string, ScaledBackend>,
    now: number,
  ): Copy {
    const { instance, isOutdated } = owned;
    const url = instance.url === null ? null : normalisedBackendUrl(instance.url);
    const backend = (url === null ? undefined : byUrl.get(url)) ?? null;
    if (backend !== null) {
      memory.answers = true;
      memory.backend = backend.id;
      if (backend.slot >= 0) memory.slot = backend.slot;
      if (backend.isOurs && backend.state === 'draining') memory.drains(now, this.backends.revision);
      if (backend.isOurs && backend.state !== 'draining' && !memory.isEnding) memory.drainingSince = null;
    }
    const isRunning = instance.state === 'running' && !memory.hasFailed;
    const isReady = isRunning && (instance.url === null || backend?.isAvailable === true);
    return {
      owned,
      instance,
      backend,
      memory,
      isReady,
      inFlight: this.inFlight(memory),
      isDraining: memory.isEnding || memory.drainingSince !== null || instance.state === 'stopping',
      isOutdated,
    };
  }
}

/** Also changes what is remembered, so that nothing is told twice. */
function eventOf(copy: Copy, startMs: number, now: number): CopyEvent | null {
  const { instance, memory, isReady } = copy;
  if (memory.hasFailed || memory.isEnding) return null;
  if (instance.state === 'failed') {
    memory.hasFailed = true;
    return failure(instance.id, memory, instance.detail || 'it ended by itself', now);
  }
  if (isReady && memory.readyAt === null) {
    memory.readyAt = now;
    return { kind: 'ready', copy };
  }
  if (isAlive(copy) && memory.readyAt === null && !copy.isDraining && now - memory.since >= startMs) {
    memory.hasFailed = true;
    const detail = instance.detail === '' ? '' : `: ${instance.detail}`;
    return failure(instance.id, memory, `not ready ${startMs / 1_000} s after its start${detail}`, now);
  }
  return null;
}

function vanished(key: string, memory: CopyMemory, now: number): CopyEvent {
  return failure(
    key.slice(key.lastIndexOf(' ') + 1),
    memory,
    'it is gone, and nobody had asked for that',
    now,
  );
}

function failure(instance: string, memory: CopyMemory, reason: string, now: number): CopyEvent {
  // One that was to go anyway does not make others suspicious.
  const isWanted = memory.drainingSince === null;
  const servedMs = memory.readyAt === null ? 0 : now - memory.readyAt;
  return {
    kind: 'failed',
    instance,
    backend: memory.backend,
    reason,
    servedMs: isWanted ? servedMs : Infinity,
  };
}
