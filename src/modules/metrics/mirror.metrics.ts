import { SHAPING_CELLS, ShapingCell, type SharedMemory } from '../../common/contract/index.js';
import type { PublishedService } from '../data-plane/index.js';
import { type ExpositionWriter, labelText } from './exposition.writer.js';

const RESULTS = {
  answered: ShapingCell.mirrored,
  failed: ShapingCell.mirrorFailures,
  busy: ShapingCell.mirrorBusy,
  body: ShapingCell.mirrorBodies,
} as const;

/** What became of the copies of requests, by the service that is mirrored. Only services with a mirror have series. */
export class MirrorMetrics {
  constructor(private readonly memory: SharedMemory) {}

  write(writer: ExpositionWriter, services: readonly PublishedService[]): void {
    const mirrored = services.filter(({ snapshot }) => snapshot.policies.shaping.mirror !== null);
    if (mirrored.length === 0) return;
    writer.metric(
      'velocity_mirrored_total',
      'counter',
      'Requests to be copied to a mirror: the copy was answered, failed, or was not made (busy, body).',
    );
    for (const { snapshot } of mirrored) {
      for (const [result, cell] of Object.entries(RESULTS)) {
        const count = Atomics.load(this.memory.shaping, snapshot.slot * SHAPING_CELLS + cell) >>> 0;
        writer.sample(labelText({ service: snapshot.name, result }), count);
      }
    }
  }
}
