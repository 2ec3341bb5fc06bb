import { SHAPING_CELLS, ShapingCell, type SharedMemory } from '../../common/contract/index.js';
import type { ServicesBySlot } from './services.by-slot.js';
import { counters, type SlotMetric } from './slot.metric.js';

const RESULTS = {
  answered: ShapingCell.mirrored,
  failed: ShapingCell.mirrorFailures,
  busy: ShapingCell.mirrorBusy,
  body: ShapingCell.mirrorBodies,
} as const;
const CELLS = Object.values(RESULTS);

/** What became of the copies of requests, by the service that is mirrored. Only services with a mirror have series. */
export function mirrorMetric({ shaping }: SharedMemory, services: ServicesBySlot): SlotMetric {
  const metric = counters(
    {
      name: 'velocity_mirrored_total',
      help: 'Requests to be copied to a mirror: the copy was answered, failed, or was not made (busy, body).',
    },
    'result',
    Object.keys(RESULTS),
    (slot, index) => Atomics.load(shaping, slot * SHAPING_CELLS + CELLS[index]!) >>> 0,
  );
  return { ...metric, has: (slot) => services.hasMirror(slot) };
}
