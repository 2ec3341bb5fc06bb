import type { Snapshot } from '../../../common/contract/index.js';
import { accessRecordOf, microseconds } from '../access-record.js';
import type { DecisionTracer } from '../decision/decision.tracer.js';
import type { Exchange } from '../exchange.js';
import type { PipelineParts } from '../pipeline-parts.js';
import { RecordPolicies } from './record.policies.js';

type Parts = Pick<PipelineParts, 'recorder' | 'spans' | 'worker'>;

/** Makes the record of each finished exchange, as its policy says. Hot path. */
export class ExchangeScribe {
  private readonly policies = new RecordPolicies();

  private constructor(
    private readonly parts: Parts,
    private readonly decisions: DecisionTracer,
  ) {}

  /** null: nobody wants records. */
  static of(parts: Parts, decisions: DecisionTracer): ExchangeScribe | null {
    return parts.recorder === null && parts.spans === undefined ? null : new ExchangeScribe(parts, decisions);
  }

  use(snapshot: Snapshot): void {
    this.policies.use(snapshot);
  }

  write(exchange: Exchange, nowMs: number): void {
    const { recorder, spans, worker } = this.parts;
    const totalUs = microseconds(exchange.startedMs, nowMs);
    const policy = this.policies.of(exchange);
    const form = policy.formOf(exchange, totalUs);
    exchange.decision = this.decisions.end(exchange, totalUs, form.isRecorded ? policy : null);
    const record = accessRecordOf(exchange, totalUs, form, worker);
    if (recorder !== null) recorder.record(record, form.isRecorded);
    if (!exchange.recordsSpans || spans === undefined) return;
    // The trace has its own sample: what the access log leaves out has a span all the same.
    spans.record(form.isRecorded ? record : accessRecordOf(exchange, totalUs, policy.recorded, worker), true);
  }
}
