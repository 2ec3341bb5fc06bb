import {
  BACKEND_CELLS,
  OUTCOME_CELLS,
  RETRY_CELLS,
  RetryCell,
  SERVICE_CELLS,
  ServiceCell,
  SHAPING_CELLS,
  SharedMemory,
  type Snapshot,
} from '../../common/contract/index.js';

/**
 * What all threads share at this moment, as far as a snapshot has slots for it, in a memory of its own: whoever decides and
 * counts there changes nothing for traffic. Locks are free in it, whoever held them. Takes about a millisecond.
 */
export function privateMemory(memory: SharedMemory, { services }: Snapshot): SharedMemory {
  const serviceCapacity = 1 + services.reduce((most, { slot }) => Math.max(most, slot), 0);
  const backendCapacity =
    1 +
    services.reduce((most, { backends }) => backends.reduce((all, { slot }) => Math.max(all, slot), most), 0);
  const copy = new SharedMemory({ workers: 1, serviceCapacity, backendCapacity });
  const take = (to: Int32Array, from: Int32Array, cells: number) => to.set(from.subarray(0, cells));
  take(copy.backends, memory.backends, backendCapacity * BACKEND_CELLS);
  take(copy.services, memory.services, serviceCapacity * SERVICE_CELLS);
  take(copy.shaping, memory.shaping, serviceCapacity * SHAPING_CELLS);
  take(copy.outcomes.backends, memory.outcomes.backends, backendCapacity * OUTCOME_CELLS);
  take(copy.outcomes.services, memory.outcomes.services, serviceCapacity * OUTCOME_CELLS);
  take(copy.outcomes.retries, memory.outcomes.retries, serviceCapacity * RETRY_CELLS);
  copy.rateLimits.seeds.set(memory.rateLimits.seeds);
  copy.rateLimits.keys.set(memory.rateLimits.keys);
  copy.rateLimits.arrivals.set(memory.rateLimits.arrivals);
  for (let slot = 0; slot < serviceCapacity; slot++) {
    copy.services[slot * SERVICE_CELLS + ServiceCell.lock] = 0;
    copy.outcomes.retries[slot * RETRY_CELLS + RetryCell.lock] = 0;
  }
  return copy;
}
