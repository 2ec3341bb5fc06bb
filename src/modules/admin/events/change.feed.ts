import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { HealthLogRecord, ScalingLogRecord } from '../../../common/contract/index.js';
import type { RegistryView } from '../../registry/index.js';
import { HealthRecordsPort, RegistryPort, ScalingRecordsPort } from '../ports.js';
import type { ChangeEvent } from '../resources/event.resource.js';
import { CHANGE_EVENT } from './event.names.js';
import { encodeEvent, type EncodedEvent, type EventStream } from './event.stream.js';

/** Changes that a client which was away for a moment is told when it is back. */
const KEPT = 200;
const MAX_CHANGE_LINES = 20;

interface KeptChange {
  readonly number: number;
  readonly event: EncodedEvent;
}

/** Tells all that listen when something happens: health, ejections, breakers, scaling, discovery, revisions. */
@Injectable()
export class ChangeFeed implements OnModuleInit {
  private readonly listeners = new Set<EventStream>();
  private readonly kept: KeptChange[] = [];
  /** Ids of another run of the balancer are not taken for ours. */
  private readonly run = Date.now().toString(36);
  private last = 0;
  private revision = -1;

  constructor(
    private readonly healthRecords: HealthRecordsPort,
    private readonly registry: RegistryPort,
    private readonly scalingRecords: ScalingRecordsPort,
  ) {}

  onModuleInit(): void {
    this.healthRecords.onRecord((record) => {
      if (record.kind !== 'probe') this.tell(outageChange(record));
    });
    this.scalingRecords.onRecord((record) => {
      if (!isSteady(record)) this.tell(scalingChange(record));
    });
    this.registry.onChanged((view) => this.revised(view));
  }

  /** @param lastEventId As the client sent it; what happened since that one comes first. */
  add(stream: EventStream, lastEventId: string): void {
    this.listeners.add(stream);
    stream.onClosed(() => this.listeners.delete(stream));
    const [run, number] = lastEventId.split('-');
    if (run !== this.run) return;
    for (const change of this.kept) if (change.number > Number(number)) stream.send(change.event);
  }

  private revised(view: RegistryView): void {
    const { number } = view.revision;
    if (number === this.revision) return;
    this.revision = number;
    const { time, origin, author, note, changes } = view.revision;
    this.tell({
      kind: 'revision',
      time,
      revision: number,
      origin,
      author,
      note,
      changes: changes.slice(0, MAX_CHANGE_LINES),
      changesTotal: changes.length,
    });
  }

  private tell(change: ChangeEvent): void {
    const number = ++this.last;
    const event = encodeEvent(CHANGE_EVENT, change, `${this.run}-${number}`);
    this.kept.push({ number, event });
    if (this.kept.length > KEPT) this.kept.shift();
    for (const stream of this.listeners) stream.send(event);
  }
}

function outageChange(record: HealthLogRecord): ChangeEvent {
  const { kind, time, service, backend, url, health, passed, error } = record;
  return {
    kind: kind === 'ejection' || kind === 'breaker' ? kind : 'health',
    time,
    service,
    backend,
    url,
    health,
    over: passed,
    why: error,
  };
}

/** A decision that leaves the number as it is: only its reason is another one. */
function isSteady({ kind, current, desired }: ScalingLogRecord): boolean {
  return kind === 'decision' && current === desired;
}

function scalingChange(record: ScalingLogRecord): ChangeEvent {
  const { time, service, kind: step, current, desired, backend, instance, reason: why } = record;
  return { kind: 'scaling', time, service, step, current, desired, backend, instance, why };
}
