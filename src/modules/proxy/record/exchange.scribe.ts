import type { Snapshot } from '../../../common/contract/index.js';
import { accessRecordOf, microseconds } from '../access-record.js';
import type { DecisionTracer } from '../decision/decision.tracer.js';
import type { ExchangeRecorder } from '../exchange-recorder.js';
import type { Exchange } from '../exchange.js';
import { RecordPolicies } from './record.policies.js';

/** Makes the record of each finished exchange, as its policy says. Hot path. */
export class ExchangeScribe {
  private readonly policies = new RecordPolicies();

  /** @param worker Index of the worker this runs in. */
  constructor(
    private readonly recorder: ExchangeRecorder,
    private readonly worker: number,
    private readonly tracer: DecisionTracer,
  ) {}

  use(snapshot: Snapshot): void {
    this.policies.use(snapshot);
  }

  write(exchange: Exchange, nowMs: number): void {
    const totalUs = microseconds(exchange.startedMs, nowMs);
    const policy = this.policies.of(exchange);
    const form = policy.formOf(exchange, totalUs);
    exchange.decision = this.tracer.end(exchange, totalUs, form.isRecorded ? policy : null);
    this.recorder.record(accessRecordOf(exchange, totalUs, form, this.worker), form.isRecorded);
  }
}
