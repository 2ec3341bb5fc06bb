import type { ExpositionWriter, MetricType } from './exposition.writer.js';
import type { MetricsSource, RecordFlow } from './metrics.source.js';

/** Records of the access log, the health log and the scaling log on their way to the store. */
export class LogMetrics {
  constructor(
    private readonly source: Pick<
      MetricsSource,
      'accessLog' | 'healthLog' | 'scalingLog' | 'spool' | 'spans'
    >,
  ) {}

  write(writer: ExpositionWriter): void {
    const accessLog = this.source.accessLog();
    writeFlow(writer, 'velocity_access_log', 'Access-log records', accessLog);
    writer.single(
      'velocity_access_log_recovered_total',
      'counter',
      'Access-log records found in the spools of earlier processes.',
      accessLog.recovered,
    );
    writeFlow(writer, 'velocity_health_log', 'Health-log records', this.source.healthLog());
    writeFlow(writer, 'velocity_scaling_log', 'Scaling-log records', this.source.scalingLog());
    this.writeSpool(writer);
    this.writeSpans(writer);
  }

  private writeSpans(writer: ExpositionWriter): void {
    const spans = this.source.spans();
    if (spans === null) return;
    const single = (name: string, type: MetricType, help: string, value: number) =>
      writer.single(`velocity_spans_${name}`, type, help, value);
    single('made_total', 'counter', 'Spans of exchanges and attempts that are sampled.', spans.made);
    single('exported_total', 'counter', 'Spans that the collector has taken.', spans.exported);
    single('lost_total', 'counter', 'Spans given up: refused, or too many waited.', spans.lost);
    single('queued', 'gauge', 'Spans that wait for the collector.', spans.queued);
  }

  private writeSpool(writer: ExpositionWriter): void {
    const spool = this.source.spool();
    const single = (name: string, type: MetricType, help: string, value: number) =>
      writer.single(`velocity_spool_${name}`, type, help, value);
    const ageMs = spool.oldestTime === 0 ? 0 : Math.max(0, Date.now() - spool.oldestTime);
    single('bytes', 'gauge', 'Size of the spool on disk.', spool.bytes);
    single('max_bytes', 'gauge', 'Size at which the spool drops its oldest segment.', spool.maxBytes);
    single('segments', 'gauge', 'Files of the spool.', spool.segments);
    single(
      'oldest_record_age_seconds',
      'gauge',
      'How far shipping lags: age of the oldest record that waits.',
      ageMs / 1_000,
    );
    single(
      'corrupt_frames_total',
      'counter',
      'Damaged parts of the spool that were passed over, and unfinished ends that were cut off.',
      spool.corruptFrames,
    );
    single(
      'thread_running',
      'gauge',
      '1: the thread that keeps the access log runs.',
      Number(spool.isRunning),
    );
    single('thread_restarts_total', 'counter', 'Times that this thread was started again.', spool.restarts);
  }
}

function writeFlow(writer: ExpositionWriter, prefix: string, noun: string, flow: RecordFlow): void {
  writer.single(`${prefix}_received_total`, 'counter', `${noun} made.`, flow.received);
  writer.single(`${prefix}_stored_total`, 'counter', `${noun} that the store has acknowledged.`, flow.stored);
  writer.single(`${prefix}_lost_total`, 'counter', `${noun} given up.`, flow.lost);
  writer.single(`${prefix}_buffered`, 'gauge', `${noun} that wait for the store.`, flow.buffered);
}
