import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { OtlpConfig } from '../../common/config/index.js';
import { type AccessLogRecord, decodeAccessLog } from '../../common/contract/index.js';
import type { BackendAddress } from './span.attributes.js';

/** Spans of one request to the collector. */
const BATCH_SPANS = 512;
/** Spans that wait while the collector is away or slow: some 20 MiB. */
const MAX_QUEUED = 20_000;
const LINGER_MS = 500;

/** `made = exported + lost + queued` */
export interface SpanFlow {
  readonly made: number;
  readonly exported: number;
  readonly lost: number;
  readonly queued: number;
  /** Why spans were lost last; empty: none were. */
  readonly lastError: string;
}

export interface SpanShipperParts {
  readonly otlp: OtlpConfig;
  readonly addressOf: (backend: string) => BackendAddress | null;
  readonly log: { warn(fields: object, message: string): void };
}

interface Loaded {
  readonly make: (record: AccessLogRecord) => void;
  readonly exporter: SpanExporter;
}

/**
 * Main thread: takes records of exchanges whose spans are recorded, makes spans of them, and brings these to a collector.
 * Nothing waits for it. What does not fit, or is refused, is counted. OpenTelemetry is loaded with the first record.
 */
export class SpanShipper {
  private readonly queue: ReadableSpan[] = [];
  private loaded: Promise<Loaded> | null = null;
  private sending: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private made = 0;
  private exported = 0;
  private lost = 0;
  private underWay = 0;
  private lastError = '';

  constructor(private readonly parts: SpanShipperParts) {}

  /** Returns at once and never throws. */
  accept(batch: ArrayBuffer): void {
    const { records } = decodeAccessLog(batch);
    this.loaded ??= this.load();
    void this.make(this.loaded, records);
  }

  stats(): SpanFlow {
    const { made, exported, lost, lastError } = this;
    return { made, exported, lost, queued: this.queue.length + this.underWay, lastError };
  }

  /** Sends what waits; gives up what cannot be sent. Nest calls it when the application closes. */
  async onModuleDestroy(): Promise<void> {
    if (this.loaded === null) return;
    const { exporter } = await this.loaded;
    if (this.timer !== null) clearTimeout(this.timer);
    while (this.queue.length > 0 || this.sending !== null) {
      const { lost } = this;
      await (this.sending ?? this.send());
      // The collector is away: nobody waits for all of the queue to be refused.
      if (this.lost > lost) this.lose(this.queue.splice(0).length, this.lastError);
    }
    await exporter.shutdown();
  }

  private async make(loading: Promise<Loaded>, records: readonly AccessLogRecord[]): Promise<void> {
    try {
      const { make } = await loading;
      for (const record of records) make(record);
      this.schedule();
    } catch (error) {
      this.lose(records.length, error instanceof Error ? error.message : String(error));
    }
  }

  private async load(): Promise<Loaded> {
    const { otlp, addressOf } = this.parts;
    const [{ SpanMaker }, { OTLPTraceExporter }] = await Promise.all([
      import('./span.maker.js'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ]);
    const { url, headers, timeoutMs } = otlp;
    const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: timeoutMs });
    const maker = new SpanMaker(otlp.name, addressOf, (span) => this.take(span));
    return { exporter, make: (record) => maker.make(record) };
  }

  private take(span: ReadableSpan): void {
    this.made++;
    if (this.queue.length >= MAX_QUEUED) this.lose(1, 'too many spans wait for the collector');
    else this.queue.push(span);
  }

  private schedule(): void {
    if (this.sending !== null) return;
    if (this.queue.length >= BATCH_SPANS) void this.send();
    else this.timer ??= setTimeout(() => void this.send(), LINGER_MS).unref();
  }

  /** One batch at a time, so that a slow collector is not given more. */
  private send(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.sending = this.sendBatch().finally(() => {
      this.sending = null;
      if (this.queue.length > 0) this.schedule();
    });
    return this.sending;
  }

  private async sendBatch(): Promise<void> {
    const { exporter } = await this.loaded!;
    const batch = this.queue.splice(0, BATCH_SPANS);
    if (batch.length === 0) return;
    this.underWay = batch.length;
    const error = await new Promise<Error | null>((resolve) => {
      exporter.export(batch, ({ code, error: cause }) =>
        resolve(code === 0 ? null : (cause ?? new Error('the collector refused the spans'))),
      );
    });
    this.underWay = 0;
    if (error === null) this.exported += batch.length;
    else this.lose(batch.length, error.message);
  }

  /** Said once, until something else is the reason. */
  private lose(spans: number, reason: string): void {
    this.lost += spans;
    if (reason !== this.lastError) this.parts.log.warn({ spans, reason }, 'spans are lost');
    this.lastError = reason;
  }
}
