import { QUEUE_CELLS, RETRY_CELLS, RETRY_COUNTERS, RetryCell, SHAPING_CELLS } from './policy-cells.js';
import { DROP_REASON_CELLS } from './drop-reasons.js';
import { LATENCY_BUCKETS } from './latency-buckets.js';
import { CIRCUIT_CELLS, OUTCOME_CELLS } from './outages/outage-cells.js';
import { SHARED_LIMIT_CELLS } from './shared-limits.js';
import { clearServiceTraffic, trafficCells, type TrafficCells, trafficLengths } from './traffic-cells.js';

/**
 * The fixed slots that all threads share. Two kinds of cells:
 * - shared cells (Int32, one row per slot), touched with `Atomics` by every thread;
 * - own cells (one region per worker), written by that worker alone and summed by readers, so counting needs no atomics.
 *
 * Memory is reserved for the whole capacity but zero pages cost nothing until they are touched.
 */
export interface SharedMemoryShape {
  readonly workers: number;
  readonly backendCapacity: number;
  readonly serviceCapacity: number;
}

export const DEFAULT_CAPACITY = { backendCapacity: 65_536, serviceCapacity: 16_384 } as const;

/** Shared cells of a backend. 16 cells fill one cache line. */
export const BACKEND_CELLS = 16;
export const BackendCell = {
  /** Bits of {@link BackendState}. Health and admin state are written by the control plane, the others by any thread. */
  state: 0,
  /** Exchanges now at this backend, over all workers. */
  inFlight: 1,
  /** Peak-sensitive moving average of the latency, microseconds. */
  ewmaUs: 2,
  /** When `ewmaUs` was last written: monotonic milliseconds, wrapped to 32 bits. */
  ewmaAtMs: 3,
  /** When the backend last entered rotation: monotonic tenths of a second, wrapped to 32 bits; 0: not in slow start. */
  warmingSinceDs: 4,
  /** Failures since the last success. */
  consecutiveFailures: 5,
  /** Ejections of late: how often its time is multiplied. */
  ejections: 6,
  /** Until when it is ejected: wrapped milliseconds (`cellTime`). 0: it is not. */
  ejectedUntil: 7,
  /** Its breaker: {@link CIRCUIT_CELLS} cells from here on. */
  circuit: 8,
} as const;

/** Bits of `BackendCell.state`: each says why a backend is out. 0 means available. */
export const BackendState = {
  /** No probe has passed since the backend is known. */
  unknown: 1,
  unhealthy: 2,
  draining: 4,
  disabled: 8,
  /** The slot holds no backend. */
  vacant: 16,
  /** Taken out for a while after consecutive failures. */
  ejected: 32,
  /** Its breaker is open or half-open: only trials go there. */
  open: 64,
} as const;

/** Shared cells of a service. */
export const SERVICE_CELLS = 16;
export const ServiceCell = {
  /** 0: free; otherwise the holder's worker index + 1, so that a dead worker's lock can be taken back. */
  lock: 0,
  /** Position of round robin, over all workers. */
  cursor: 1,
  /** Grows whenever a backend of the service changes its state: rotations built for another epoch are stale. */
  epoch: 2,
  inFlight: 3,
  /** Exchanges that run under the service's `maxInFlight`, over all workers. */
  permits: 4,
  /** Exchanges that wait for such a permit, or for a backend, over all workers. */
  waiting: 5,
  /** Those of them that wait for a permit: while there are any, a new exchange waits behind them. */
  permitsAwaited: 6,
  /** The breaker of the service: {@link CIRCUIT_CELLS} cells from here on. */
  circuit: 9,
} as const;

/** Own counters of a worker: the ledger. `received = forwarded + dropped + in flight`. */
export const LEDGER_CELLS = 3 + DROP_REASON_CELLS;
export const LedgerCell = {
  received: 0,
  forwarded: 1,
  drops: 2,
  /** Responses of backends with 5xx: forwards by the ledger, failures to the client. */
  serverErrors: 2 + DROP_REASON_CELLS,
} as const;

/** Own counters of a worker per backend. */
export const BACKEND_COUNTERS = 16;
export const BackendCounter = {
  attempts: 0,
  failures: 1,
  bytesIn: 2,
  bytesOut: 3,
  latencyUs: 4,
  serverErrors: 5,
  /** STATUS_CLASSES cells: what it answered, also what was thrown away for another try. */
  statuses: 6,
} as const;

/** Own counters of a worker: client connections over all listeners. */
export const CONNECTION_CELLS = 8;
export const ConnectionCell = {
  /** All that were accepted, also those that were closed at once. */
  accepted: 0,
  /** Served now. */
  open: 1,
  /** Let in, to be served when others leave. */
  waiting: 2,
  /** Closed at accept: their address had its most connections. */
  addressRefusals: 3,
  /** Closed at accept: nothing was free, and too many waited already. */
  roomRefusals: 4,
  /** Closed at accept: their address is blocked. */
  blockedRefusals: 5,
} as const;

/**
 * Rows of a worker's own table of client addresses: open addressing, written by that worker alone. Eight cells make half
 * a cache line.
 */
export const ADDRESS_ROWS = 16_384;
export const ADDRESS_CELLS = 8;
export const AddressCell = {
  /** Index of the listener + 1; 0: the row was never used. */
  listener: 0,
  /** Connections of this address to this listener at this worker; 0: the row may be given to another address. */
  count: 1,
  /** Four cells: the 128 bits of the address. */
  address: 2,
} as const;

/**
 * What rate limits remember: a hash table of fixed size over all rules and keys. A key may stand in one bucket only, and a
 * bucket is changed under its lock, so that all workers count as one.
 */
export const RATE_LIMIT_BUCKETS = 16_384;
/** Rows of a bucket: what a look costs at most. */
export const RATE_LIMIT_ROWS = 8;

/** What breakers, ejections and retry budgets know, touched with `Atomics` by every worker. */
export interface OutcomeCells {
  /** [backendCapacity x OUTCOME_CELLS] */
  readonly backends: Int32Array;
  /** [serviceCapacity x OUTCOME_CELLS] */
  readonly services: Int32Array;
  /** [serviceCapacity x RETRY_CELLS] */
  readonly retries: Int32Array;
}

/** One worker's own region. */
export interface WorkerCells {
  /** [LEDGER_CELLS] over everything this worker served. */
  readonly ledger: Float64Array;
  /** [serviceCapacity x LEDGER_CELLS] the same per service; `received` counts from the route on. */
  readonly serviceLedger: Float64Array;
  /** [LATENCY_BUCKETS] responses by the time from the request's head to the response's, over everything. */
  readonly latency: Float64Array;
  /** [serviceCapacity x LATENCY_BUCKETS] the same per service. */
  readonly serviceLatency: Float64Array;
  /** [backendCapacity x BACKEND_COUNTERS] */
  readonly backendCounters: Float64Array;
  /** [backendCapacity] this worker's share of `BackendCell.inFlight`: what to take back when it dies. */
  readonly backendInFlight: Int32Array;
  /** [serviceCapacity] this worker's share of `ServiceCell.inFlight`. */
  readonly serviceInFlight: Int32Array;
  /** [CONNECTION_CELLS] */
  readonly connections: Float64Array;
  /** [ADDRESS_ROWS x ADDRESS_CELLS] this worker's share of the connections by client address. */
  readonly addresses: Int32Array;
  /** [DROP_REASON_CELLS] exchanges that a policy in shadow would have dropped, by code of the reason. */
  readonly shadowDrops: Float64Array;
  /** [serviceCapacity] this worker's share of `ServiceCell.permits`. */
  readonly servicePermits: Int32Array;
  /** [serviceCapacity x RETRY_COUNTERS] */
  readonly retries: Float64Array;
  /** [serviceCapacity x QUEUE_CELLS], touched with `Atomics`: other workers look there for who goes first. */
  readonly queues: Int32Array;
  /** [1] another worker adds to it, and notifies, when something is free that an exchange here waits for. */
  readonly bell: Int32Array;
  /** [SHARED_LIMIT_CELLS] */
  readonly sharedLimits: Float64Array;
  readonly traffic: TrafficCells;
}

/** The table of the rate limits. */
export interface RateLimitCells {
  /** [RATE_LIMIT_BUCKETS] 0: free; otherwise the holder's worker index + 1. */
  readonly locks: Int32Array;
  /** [3] random, the same for all workers: where hashes start, so that nobody can aim at a bucket. */
  readonly seeds: Int32Array;
  /** [RATE_LIMIT_BUCKETS x RATE_LIMIT_ROWS x 2] the hash of a row's key; both 0: the row was never used. */
  readonly keys: Int32Array;
  /** [RATE_LIMIT_BUCKETS x RATE_LIMIT_ROWS] theoretical arrival time, monotonic milliseconds: in the past when nothing is owed. */
  readonly arrivals: Float64Array;
}

const INT32 = Int32Array.BYTES_PER_ELEMENT;
const FLOAT64 = Float64Array.BYTES_PER_ELEMENT;

export class SharedMemory {
  readonly buffer: SharedArrayBuffer;
  readonly shape: SharedMemoryShape;
  /** [backendCapacity x BACKEND_CELLS] */
  readonly backends: Int32Array;
  /** [serviceCapacity x SERVICE_CELLS] */
  readonly services: Int32Array;
  readonly rateLimits: RateLimitCells;
  readonly outcomes: OutcomeCells;
  /** [serviceCapacity x SHAPING_CELLS] */
  readonly shaping: Int32Array;
  /** One per worker. */
  readonly workers: readonly WorkerCells[];

  /** Without a buffer a new one is made, every backend slot vacant; with one, the same memory is viewed from another thread. */
  constructor(shape: SharedMemoryShape, buffer?: SharedArrayBuffer) {
    const slotBytes =
      align(shape.backendCapacity * BACKEND_CELLS * INT32) +
      align(shape.serviceCapacity * SERVICE_CELLS * INT32);
    const outcomeStart = slotBytes + RATE_LIMIT_BYTES;
    const shapingStart = outcomeStart + outcomeBytes(shape);
    const shapingCells = shape.serviceCapacity * SHAPING_CELLS;
    const sharedBytes = shapingStart + align(shapingCells * INT32);
    this.shape = shape;
    this.buffer = buffer ?? new SharedArrayBuffer(sharedBytes + shape.workers * workerBytes(shape));
    this.backends = new Int32Array(this.buffer, 0, shape.backendCapacity * BACKEND_CELLS);
    this.services = new Int32Array(
      this.buffer,
      align(this.backends.byteLength),
      shape.serviceCapacity * SERVICE_CELLS,
    );
    this.rateLimits = rateLimitCells(this.buffer, slotBytes);
    this.outcomes = outcomeCells(this.buffer, outcomeStart, shape);
    this.shaping = new Int32Array(this.buffer, shapingStart, shapingCells);
    if (buffer === undefined) this.rateLimits.seeds.set(crypto.getRandomValues(new Int32Array(3)));
    this.workers = Array.from({ length: shape.workers }, (_, index) =>
      workerCells(this.buffer, sharedBytes + index * workerBytes(shape), shape),
    );
  }

  /** Zeroes the counters of a slot that gets a new holder. Only safe while no worker counts there. */
  clearServiceCounters(slot: number): void {
    const circuit = slot * SERVICE_CELLS + ServiceCell.circuit;
    this.services.fill(0, circuit, circuit + CIRCUIT_CELLS);
    clearRow(this.outcomes.services, slot * OUTCOME_CELLS);
    const { retries } = this.outcomes;
    const row = slot * RETRY_CELLS;
    if (retries[row + RetryCell.second] !== 0) retries.fill(0, row, row + RETRY_CELLS);
    this.clearShaping(slot);
    for (const own of this.workers) {
      // Where nobody counted, writing zeros would only make pages of memory out of nothing.
      if (own.serviceLedger[slot * LEDGER_CELLS + LedgerCell.received] === 0) continue;
      own.serviceLedger.fill(0, slot * LEDGER_CELLS, (slot + 1) * LEDGER_CELLS);
      own.serviceLatency.fill(0, slot * LATENCY_BUCKETS, (slot + 1) * LATENCY_BUCKETS);
      own.retries.fill(0, slot * RETRY_COUNTERS, (slot + 1) * RETRY_COUNTERS);
      clearServiceTraffic(own.traffic, slot);
    }
  }

  private clearShaping(slot: number): void {
    const cells = this.shaping.subarray(slot * SHAPING_CELLS, (slot + 1) * SHAPING_CELLS);
    if (cells.some((cell) => cell !== 0)) cells.fill(0);
  }

  /** The same for a backend's slot. */
  clearBackendCounters(slot: number): void {
    clearRow(this.outcomes.backends, slot * OUTCOME_CELLS);
    for (const own of this.workers) {
      if (own.backendCounters[slot * BACKEND_COUNTERS + BackendCounter.attempts] === 0) continue;
      own.traffic.backendLatency.fill(0, slot * LATENCY_BUCKETS, (slot + 1) * LATENCY_BUCKETS);
      own.backendCounters.fill(0, slot * BACKEND_COUNTERS, (slot + 1) * BACKEND_COUNTERS);
    }
  }
}

/** Where nobody counted, writing zeros would only make pages of memory out of nothing. */
function clearRow(outcomes: Int32Array, row: number): void {
  if (outcomes.subarray(row, row + OUTCOME_CELLS).some((cell) => cell !== 0))
    outcomes.fill(0, row, row + OUTCOME_CELLS);
}

function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

function workerBytes(shape: SharedMemoryShape): number {
  return (
    align(LEDGER_CELLS * FLOAT64) +
    align(shape.serviceCapacity * LEDGER_CELLS * FLOAT64) +
    align(LATENCY_BUCKETS * FLOAT64) +
    align(shape.serviceCapacity * LATENCY_BUCKETS * FLOAT64) +
    align(shape.backendCapacity * BACKEND_COUNTERS * FLOAT64) +
    align(shape.backendCapacity * INT32) +
    align(shape.serviceCapacity * INT32) +
    align(CONNECTION_CELLS * FLOAT64) +
    align(ADDRESS_ROWS * ADDRESS_CELLS * INT32) +
    align(DROP_REASON_CELLS * FLOAT64) +
    align(shape.serviceCapacity * INT32) +
    align(shape.serviceCapacity * RETRY_COUNTERS * FLOAT64) +
    align(shape.serviceCapacity * QUEUE_CELLS * INT32) +
    align(INT32) +
    align(SHARED_LIMIT_CELLS * FLOAT64) +
    trafficLengths(shape).reduce((sum, length) => sum + align(length * FLOAT64), 0)
  );
}

const RATE_LIMIT_KEYS_TOTAL = RATE_LIMIT_BUCKETS * RATE_LIMIT_ROWS;
const RATE_LIMIT_BYTES =
  align(RATE_LIMIT_BUCKETS * INT32) +
  align(3 * INT32) +
  align(RATE_LIMIT_KEYS_TOTAL * 2 * INT32) +
  align(RATE_LIMIT_KEYS_TOTAL * FLOAT64);

function rateLimitCells(buffer: SharedArrayBuffer, start: number): RateLimitCells {
  const { int32, float64 } = viewsOf(buffer, start);
  return {
    locks: int32(RATE_LIMIT_BUCKETS),
    seeds: int32(3),
    keys: int32(RATE_LIMIT_KEYS_TOTAL * 2),
    arrivals: float64(RATE_LIMIT_KEYS_TOTAL),
  };
}

function outcomeBytes({ backendCapacity, serviceCapacity }: SharedMemoryShape): number {
  return (
    align(backendCapacity * OUTCOME_CELLS * INT32) +
    align(serviceCapacity * OUTCOME_CELLS * INT32) +
    align(serviceCapacity * RETRY_CELLS * INT32)
  );
}

function outcomeCells(buffer: SharedArrayBuffer, start: number, shape: SharedMemoryShape): OutcomeCells {
  const { int32 } = viewsOf(buffer, start);
  return {
    backends: int32(shape.backendCapacity * OUTCOME_CELLS),
    services: int32(shape.serviceCapacity * OUTCOME_CELLS),
    retries: int32(shape.serviceCapacity * RETRY_CELLS),
  };
}

/** Views of the buffer one behind the other, each on a cache line of its own. */
function viewsOf(buffer: SharedArrayBuffer, start: number) {
  let offset = start;
  const float64 = (length: number) => {
    const view = new Float64Array(buffer, offset, length);
    offset += align(view.byteLength);
    return view;
  };
  const int32 = (length: number) => {
    const view = new Int32Array(buffer, offset, length);
    offset += align(view.byteLength);
    return view;
  };
  return { float64, int32 };
}

function workerCells(buffer: SharedArrayBuffer, start: number, shape: SharedMemoryShape): WorkerCells {
  const { float64, int32 } = viewsOf(buffer, start);
  return {
    ledger: float64(LEDGER_CELLS),
    serviceLedger: float64(shape.serviceCapacity * LEDGER_CELLS),
    latency: float64(LATENCY_BUCKETS),
    serviceLatency: float64(shape.serviceCapacity * LATENCY_BUCKETS),
    backendCounters: float64(shape.backendCapacity * BACKEND_COUNTERS),
    backendInFlight: int32(shape.backendCapacity),
    serviceInFlight: int32(shape.serviceCapacity),
    connections: float64(CONNECTION_CELLS),
    addresses: int32(ADDRESS_ROWS * ADDRESS_CELLS),
    shadowDrops: float64(DROP_REASON_CELLS),
    servicePermits: int32(shape.serviceCapacity),
    retries: float64(shape.serviceCapacity * RETRY_COUNTERS),
    queues: int32(shape.serviceCapacity * QUEUE_CELLS),
    bell: int32(1),
    sharedLimits: float64(SHARED_LIMIT_CELLS),
    traffic: trafficCells(shape, float64),
  };
}
