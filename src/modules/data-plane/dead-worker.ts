import {
  BACKEND_CELLS,
  BackendCell,
  ConnectionCell,
  DROP_REASONS,
  DROP_REASON_CELLS,
  LEDGER_CELLS,
  LedgerCell,
  QUEUE_CELLS,
  QueueCell,
  RATE_LIMIT_BUCKETS,
  RETRY_CELLS,
  RetryCell,
  SERVICE_CELLS,
  ServiceCell,
  SharedLimitCell,
  SharedLimitState,
  type SharedMemory,
  statusClass,
  TRAFFIC_CELLS,
  TrafficCell,
} from '../../common/contract/index.js';

/**
 * Takes back what a dead worker held in the shared memory: its share of the in-flight counts, its connections, locks, and the
 * exchanges it had not finished, which become drops with the reason `worker_lost`. Call only when its thread has ended.
 * Returns the number of exchanges that were lost with it.
 */
export function settleDeadWorker(memory: SharedMemory, worker: number): number {
  const own = memory.workers[worker]!;
  takeBack(own.backendInFlight, memory.backends, BACKEND_CELLS, BackendCell.inFlight);
  takeBack(own.serviceInFlight, memory.services, SERVICE_CELLS, ServiceCell.inFlight);
  takeBack(own.servicePermits, memory.services, SERVICE_CELLS, ServiceCell.permits);
  takeBackWaiting(memory, own.queues);
  own.connections[ConnectionCell.open] = 0;
  own.connections[ConnectionCell.waiting] = 0;
  own.addresses.fill(0);
  own.sharedLimits[SharedLimitCell.state] = SharedLimitState.idle;
  let routed = 0;
  for (let slot = 0; slot < memory.shape.serviceCapacity; slot++) {
    Atomics.compareExchange(memory.services, slot * SERVICE_CELLS + ServiceCell.lock, worker + 1, 0);
    freeRetryLock(memory.outcomes.retries, slot * RETRY_CELLS + RetryCell.lock, worker);
    const lost = settleLedger(own.serviceLedger, slot * LEDGER_CELLS);
    if (lost > 0) own.traffic.services[slot * TRAFFIC_CELLS + LOST_STATUS]! += lost;
    routed += lost;
  }
  for (let bucket = 0; bucket < RATE_LIMIT_BUCKETS; bucket++) {
    Atomics.compareExchange(memory.rateLimits.locks, bucket, worker + 1, 0);
  }
  const lost = settleLedger(own.ledger, 0);
  own.traffic.services[memory.shape.serviceCapacity * TRAFFIC_CELLS + LOST_STATUS]! += lost - routed;
  return lost;
}

const LOST_STATUS = TrafficCell.statuses + statusClass(DROP_REASONS.worker_lost.status);

/** Looks first: an exchange would make a page of memory out of nothing for each slot that is not used. */
function freeRetryLock(retries: Int32Array, cell: number, worker: number): void {
  if (Atomics.load(retries, cell) === worker + 1) Atomics.compareExchange(retries, cell, worker + 1, 0);
}

function takeBack(own: Int32Array, shared: Int32Array, stride: number, cell: number): void {
  for (let slot = 0; slot < own.length; slot++) {
    const held = own[slot]!;
    if (held === 0) continue;
    Atomics.sub(shared, slot * stride + cell, held);
    own[slot] = 0;
  }
}

/** Nobody waits there any more, and nobody is to be rung for. */
function takeBackWaiting({ services }: SharedMemory, queues: Int32Array): void {
  for (let row = 0, cells = 0; row < queues.length; row += QUEUE_CELLS, cells += SERVICE_CELLS) {
    const forPermits = queues[row + QueueCell.permitsAwaited]!;
    const forBackends = queues[row + QueueCell.backendsAwaited]!;
    if (forPermits + forBackends === 0) continue;
    for (let cell = 0; cell < QUEUE_CELLS; cell++) Atomics.store(queues, row + cell, 0);
    Atomics.sub(services, cells + ServiceCell.permitsAwaited, forPermits);
    Atomics.sub(services, cells + ServiceCell.waiting, forPermits + forBackends);
  }
}

function settleLedger(ledger: Float64Array, row: number): number {
  let open = ledger[row + LedgerCell.received]! - ledger[row + LedgerCell.forwarded]!;
  if (open === 0) return 0;
  for (let code = 0; code < DROP_REASON_CELLS; code++) open -= ledger[row + LedgerCell.drops + code]!;
  ledger[row + LedgerCell.drops + DROP_REASONS.worker_lost.code]! += open;
  return open;
}
