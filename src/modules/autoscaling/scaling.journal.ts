import { RecordIdSource, type ScalingLogRecord } from '../../common/contract/index.js';

/** Takes records for the store. Returns at once and never throws. */
export interface ScalingRecorder {
  record(record: ScalingLogRecord): void;
}

/** What is said to the application log. */
export interface ScalingLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type ScalingEntry = Pick<ScalingLogRecord, 'service' | 'kind' | 'current' | 'desired' | 'reason'> &
  Partial<ScalingLogRecord>;

const MESSAGES: Readonly<Record<ScalingLogRecord['kind'], string>> = {
  decision: 'decided on the number of copies',
  started: 'a copy takes requests',
  failed: 'a copy has failed',
  stopped: 'a copy was ended',
  found: 'a backend was found',
  lost: 'a backend was lost',
  problem: 'scaling has a problem',
};

/** Writes down what happens to the copies of services, for the store and for the application log. */
export class ScalingJournal {
  private readonly ids = new RecordIdSource();

  constructor(
    private readonly recorder: ScalingRecorder,
    readonly log: ScalingLog,
  ) {}

  write(entry: ScalingEntry): void {
    const time = entry.time ?? Date.now();
    const id = this.ids.next(time);
    this.recorder.record({ ...EMPTY, ...entry, id, time });
    const { kind, service, reason, instance, current, desired } = entry;
    const fields = { service, reason, current, desired, ...(instance === undefined ? {} : { instance }) };
    if (kind === 'problem' && reason === '') this.log.info({ service }, 'scaling has no problem any more');
    else if (kind === 'problem' || kind === 'failed') this.log.warn(fields, MESSAGES[kind]);
    else this.log.info(fields, MESSAGES[kind]);
  }
}

const EMPTY = {
  backend: null,
  instance: '',
  metric: null,
  metrics: {},
  limits: [],
} satisfies Partial<ScalingLogRecord>;
