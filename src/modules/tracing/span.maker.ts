import {
  type Attributes,
  type HrTime,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  type IdGenerator,
  type ReadableSpan,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { type AccessLogRecord, attemptSpanId } from '../../common/contract/index.js';
import {
  attemptAttributes,
  type BackendAddress,
  errorOf,
  exchangeAttributes,
  spanName,
} from './span.attributes.js';
import { momentAfter } from './span.time.js';

interface SpanFacts {
  readonly spanId: string;
  readonly parentId: string | null;
  readonly kind: SpanKind;
  readonly start: HrTime;
  readonly end: HrTime;
  readonly attributes: Attributes;
  /** Empty: it went well. */
  readonly error: string;
}

/**
 * Makes spans of records: one of the exchange, and below it one of each attempt. They have the ids that workers have given
 * to them, so that they join what client and backends export. Loads OpenTelemetry: import it only where it is used.
 */
export class SpanMaker {
  private readonly ids = new GivenIds();
  private readonly tracer: Tracer;

  /**
   * @param name `service.name`
   * @param take Gets each span as it is made.
   */
  constructor(
    name: string,
    private readonly addressOf: (backend: string) => BackendAddress | null,
    take: (span: ReadableSpan) => void,
  ) {
    const provider = new TracerProvider({
      idGenerator: this.ids,
      // Workers have decided.
      sampler: new AlwaysOnSampler(),
      resource: resourceFromAttributes({ 'service.name': name }),
      spanProcessors: [new Handover(take)],
    });
    this.tracer = provider.getTracer('velocity');
  }

  /** Nothing for a record whose spans are not recorded. */
  make(record: AccessLogRecord): void {
    const { traceId, spanId, parentSpanId, time, totalUs } = record;
    if (traceId === null || spanId === null) return;
    this.span(record, {
      spanId,
      parentId: parentSpanId,
      kind: SpanKind.SERVER,
      start: momentAfter(time, 0),
      end: momentAfter(time, totalUs),
      attributes: exchangeAttributes(record),
      error: record.status >= 500 ? (record.dropReason ?? String(record.status)) : '',
    });
    const nths = new Map<string, number>();
    const starts = attemptStartsUs(record);
    for (const [index, attempt] of record.attempts.entries()) {
      const nth = nths.get(attempt.backend) ?? 0;
      nths.set(attempt.backend, nth + 1);
      this.span(record, {
        spanId: attemptSpanId(spanId, attempt.backend, nth),
        parentId: spanId,
        kind: SpanKind.CLIENT,
        start: momentAfter(time, starts[index]!),
        end: momentAfter(time, starts[index]! + attempt.totalUs),
        attributes: attemptAttributes(record, attempt, index, this.addressOf(attempt.backend)),
        error: errorOf(attempt) ?? '',
      });
    }
  }

  private span(record: AccessLogRecord, facts: SpanFacts): void {
    const traceId = record.traceId!;
    this.ids.give(traceId, facts.spanId);
    const parent =
      facts.parentId === null
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, {
            traceId,
            spanId: facts.parentId,
            traceFlags: TraceFlags.SAMPLED,
            isRemote: facts.kind === SpanKind.SERVER,
          });
    const { kind, attributes, start } = facts;
    const span = this.tracer.startSpan(spanName(record), { kind, attributes, startTime: start }, parent);
    if (facts.error !== '') span.setStatus({ code: SpanStatusCode.ERROR, message: facts.error });
    span.end(facts.end);
  }
}

/**
 * When each attempt began, microseconds from the request's head. Records have the first start (behind the queue) and how
 * long each took; pauses between attempts are taken to be equal. One beside another cannot begin later than it could end.
 */
function attemptStartsUs({ attempts, queueUs, totalUs }: AccessLogRecord): number[] {
  const busyUs = attempts.reduce((sum, attempt) => sum + attempt.totalUs, queueUs);
  const pauseUs = attempts.length > 1 ? Math.max(0, totalUs - busyUs) / (attempts.length - 1) : 0;
  let cursor = queueUs;
  return attempts.map((attempt) => {
    const start = Math.max(0, Math.min(cursor, totalUs - attempt.totalUs));
    cursor = start + attempt.totalUs + pauseUs;
    return Math.round(start);
  });
}

class GivenIds implements IdGenerator {
  private traceId = '';
  private spanId = '';

  give(traceId: string, spanId: string): void {
    this.traceId = traceId;
    this.spanId = spanId;
  }

  generateTraceId(): string {
    return this.traceId;
  }

  generateSpanId(): string {
    return this.spanId;
  }
}

class Handover implements SpanProcessor {
  constructor(private readonly take: (span: ReadableSpan) => void) {}

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    this.take(span);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
