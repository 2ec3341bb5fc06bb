import { attemptSpanId, type TracingSettings } from '../../../common/contract/index.js';
import type { BackendRuntime } from '../../balancer/index.js';
import type { Exchange } from '../exchange.js';
import { TraceFate } from './trace.fate.js';
import { TraceIds } from './trace.ids.js';
import { readTraceparent, type TraceParent, writeTraceparent } from './traceparent.js';

/** Puts each exchange into its trace. Without settings it only finds out which one that is. */
export class Tracer {
  private readonly ids = new TraceIds();

  constructor(private readonly settings: TracingSettings | null = null) {}

  /** Once for each exchange, when it is known whether its peer is trusted. Hot path. */
  begin(exchange: Exchange): void {
    const field = exchange.header('traceparent');
    const parent = field === undefined ? null : readTraceparent(field);
    const { settings } = this;
    if (settings === null) {
      if (parent !== null) exchange.traceId = parent.traceId;
      return;
    }
    const isBelieved = settings.trust === 'all' || exchange.isPeerTrusted;
    if (parent === null || !isBelieved) this.beginTrace(exchange, settings);
    else this.continueTrace(exchange, parent, settings);
  }

  private beginTrace(exchange: Exchange, { sampleShare, records }: TracingSettings): void {
    exchange.traceId = this.ids.trace();
    exchange.spanId = this.ids.span();
    exchange.traceFate = TraceFate.begun;
    exchange.isTraceSampled = isWithin(exchange.traceId, sampleShare);
    exchange.recordsSpans = records && exchange.isTraceSampled;
  }

  /** Whoever has begun it has decided whether it is sampled. Without a span of ours the backend continues theirs. */
  private continueTrace(exchange: Exchange, parent: TraceParent, { records }: TracingSettings): void {
    exchange.traceId = parent.traceId;
    if (!records || !parent.isSampled) return;
    exchange.spanId = this.ids.span();
    exchange.parentSpanId = parent.spanId;
    exchange.traceFate = TraceFate.continued;
    exchange.isTraceSampled = true;
    exchange.recordsSpans = true;
  }
}

/** Whether a trace with this id is sampled: the same everywhere, as the id is random. */
function isWithin(traceId: string, share: number): boolean {
  return parseInt(traceId.slice(24), 16) < share * 0x1_0000_0000;
}

/**
 * The `traceparent` that a backend gets, when the exchange has one of its own.
 *
 * @param backend null: no attempt of the exchange, such as its copy for a mirror.
 */
export function traceparentFor(exchange: Exchange, backend: BackendRuntime | null): string {
  const { traceId, spanId, isTraceSampled } = exchange;
  if (!exchange.recordsSpans || backend === null) return writeTraceparent(traceId, spanId, isTraceSampled);
  const { id } = backend.snapshot;
  let nth = 0;
  for (let index = 0; index < exchange.attempts.length; index++)
    if (exchange.attempts[index]!.backend === id) nth++;
  return writeTraceparent(traceId, attemptSpanId(spanId, id, nth), isTraceSampled);
}
