import { type ExpositionWriter, labelText } from './exposition.writer.js';
import type { MetricsSource } from './metrics.source.js';

/** Who is blocked everywhere, and whether the files that say so can be read. */
export class BlocklistMetrics {
  constructor(private readonly source: Pick<MetricsSource, 'blocklist'>) {}

  write(writer: ExpositionWriter): void {
    const { entries, bans, bytes, files } = this.source.blocklist();
    writer.single(
      'velocity_blocklist_entries',
      'gauge',
      'Networks of the block and allow lists for all services, those of files included.',
      entries,
    );
    writer.single('velocity_bans', 'gauge', 'Bans in force, those in shadow included.', bans);
    writer.single(
      'velocity_blocklist_bytes',
      'gauge',
      'Memory of lists and bans, shared by all workers.',
      bytes,
    );
    if (files.length === 0) return;
    writer.metric(
      'velocity_blocklist_file_valid',
      'gauge',
      '0: the file cannot be used as it is; what it held before counts.',
    );
    for (const { path, problem } of files) writer.sample(labelText({ path }), Number(problem === ''));
  }
}
