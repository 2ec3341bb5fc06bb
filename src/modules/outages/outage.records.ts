import {
  type BackendStates,
  type HealthLogRecord,
  type OutageEvent,
  RecordIdSource,
} from '../../common/contract/index.js';

/** Makes records of the health log out of outages. */
export class OutageRecords {
  private readonly ids = new RecordIdSource();

  constructor(private readonly states: BackendStates) {}

  /** @param slot Of the backend; -1: it is the service's breaker, or the backend is gone. */
  recordOf(event: OutageEvent, slot: number): HealthLogRecord {
    const time = Date.now();
    const health = slot < 0 ? 'unknown' : this.states.health(slot);
    return {
      id: this.ids.next(time),
      time,
      kind: event.kind.startsWith('breaker') ? 'breaker' : 'ejection',
      service: event.service,
      backend: event.backend,
      url: event.url,
      passed: event.kind === 'backend-returned' || event.kind === 'breaker-closed',
      health,
      previous: health,
      status: 0,
      durationUs: 0,
      error: outageText(event),
    };
  }
}

/** Why, and until when, in words; empty when it is over. */
function outageText({ kind, failures, calls, slow, until, shadow }: OutageEvent): string {
  const untilText = new Date(until).toISOString();
  const mode = shadow ? ' (in shadow: nothing is kept out)' : '';
  switch (kind) {
    case 'backend-ejected':
      return `${failures} failures in a row: out until ${untilText}${mode}`;
    case 'breaker-opened':
      return `${failures} of ${calls} calls failed, ${slow} were slow: open until ${untilText}${mode}`;
    case 'breaker-half-open':
      return `the open time is over: trials decide${mode}`;
    default:
      return '';
  }
}
