import { Injectable } from '@nestjs/common';
import { OverviewPort, SystemStatusPort } from '../ports.js';
import type { Overview } from '../resources/event.resource.js';
import { OVERVIEW_EVENT, PATCH_EVENT } from './event.names.js';
import { encodeEvent, type EncodedEvent, type EventStream } from './event.stream.js';
import { type JsonFields, mergePatch } from './merge-patch.js';

const PERIOD_MS = 1_000;

/**
 * Tells all that listen once a second how the balancer fares: one look for all of them, and none while nobody listens. A
 * listener gets everything once and then what changed; whoever missed an event gets everything again.
 */
@Injectable()
export class OverviewFeed {
  /** Whether each has all events up to now. */
  private readonly listeners = new Map<EventStream, { isCurrent: boolean }>();
  private timer: NodeJS.Timeout | null = null;
  private state: Overview | null = null;

  constructor(
    private readonly traffic: OverviewPort,
    private readonly system: SystemStatusPort,
  ) {}

  add(stream: EventStream): void {
    if (this.timer === null) this.begin();
    this.listeners.set(stream, { isCurrent: stream.send(encodeEvent(OVERVIEW_EVENT, this.state)) });
    stream.onClosed(() => this.remove(stream));
  }

  private begin(): void {
    this.traffic.begin();
    this.state = this.look();
    this.timer = setInterval(() => this.tick(), PERIOD_MS).unref();
  }

  private remove(stream: EventStream): void {
    this.listeners.delete(stream);
    if (this.listeners.size > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }

  private tick(): void {
    const before = this.state as Overview;
    const now = this.look();
    this.state = now;
    const patch = encodeEvent(PATCH_EVENT, mergePatch(asFields(before), asFields(now)) ?? {});
    let whole: EncodedEvent | null = null;
    for (const [stream, listener] of this.listeners) {
      if (listener.isCurrent) listener.isCurrent = stream.send(patch);
      else listener.isCurrent = stream.send((whole ??= encodeEvent(OVERVIEW_EVENT, now)));
    }
  }

  private look(): Overview {
    const { startedAt, version, workers, store, accessLog, configFile } = this.system.status();
    const { driver, state, since, error } = store;
    return {
      time: Date.now(),
      startedAt,
      version,
      ...this.traffic.look(),
      workers: workers.map(({ worker, state: life, generation, restarts }) => ({
        worker,
        state: life,
        generation,
        restarts,
      })),
      store: { driver, state, since, error },
      accessLog: { ...accessLog, outputs: [...accessLog.outputs] },
      configError: configFile?.error ?? '',
    };
  }
}

/** An overview has nothing but numbers, texts, flags, lists and records of them. */
function asFields(overview: Overview): JsonFields {
  return overview as unknown as JsonFields;
}
