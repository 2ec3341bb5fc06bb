import { LATENCY_BUCKETS } from './latency-buckets.js';

/* Own cells of a worker about what became of its traffic, beside the ledger: only metrics read them. */

/** Status classes: `1xx` to `5xx`. What is below or above counts with the nearest. */
export const STATUS_CLASSES = 5;

/** Per service, and one row more behind the last slot: exchanges for which no service was found. One cache line. */
export const TRAFFIC_CELLS = 8;
export const TrafficCell = {
  /** STATUS_CLASSES cells: exchanges ended, by what the client was answered or would have been. */
  statuses: 0,
  /** Sum of what the histogram `serviceLatency` counts, microseconds. */
  latencyUs: 5,
  /** Sum of what the histogram `queueWaits` counts, microseconds: not 0 when it counts anything. */
  queuedUs: 6,
} as const;

/** Of the event loop of a worker. */
export const LOOP_CELLS = 8;
export const LoopCell = {
  /** Sum of what the histogram `loopDelays` counts, microseconds. */
  delayUs: 0,
  /** How long the loop has run something, microseconds. */
  activeUs: 1,
  /** How long it has waited for something to do, microseconds. */
  idleUs: 2,
} as const;

/** One worker's own region of them. */
export interface TrafficCells {
  /** [(serviceCapacity + 1) x TRAFFIC_CELLS] */
  readonly services: Float64Array;
  /** [serviceCapacity x LATENCY_BUCKETS] exchanges that have waited in the queue, by how long. */
  readonly queueWaits: Float64Array;
  /** [backendCapacity x LATENCY_BUCKETS] responses by how long the backend took to the head. */
  readonly backendLatency: Float64Array;
  /** [LATENCY_BUCKETS] samples of how late the event loop came to a timer. */
  readonly loopDelays: Float64Array;
  /** [LOOP_CELLS] */
  readonly loop: Float64Array;
}

interface Capacity {
  readonly serviceCapacity: number;
  readonly backendCapacity: number;
}

/** Of the parts of {@link TrafficCells}, in this order. */
export function trafficLengths({ serviceCapacity, backendCapacity }: Capacity): readonly number[] {
  return [
    (serviceCapacity + 1) * TRAFFIC_CELLS,
    serviceCapacity * LATENCY_BUCKETS,
    backendCapacity * LATENCY_BUCKETS,
    LATENCY_BUCKETS,
    LOOP_CELLS,
  ];
}

/** @param float64 Makes the next view of the memory. */
export function trafficCells(capacity: Capacity, float64: (length: number) => Float64Array): TrafficCells {
  const [services, queueWaits, backendLatency, loopDelays, loop] = trafficLengths(capacity).map(float64);
  return {
    services: services!,
    queueWaits: queueWaits!,
    backendLatency: backendLatency!,
    loopDelays: loopDelays!,
    loop: loop!,
  };
}

/** For another holder of the slot. Where nobody has waited, writing zeros would make pages of memory out of nothing. */
export function clearServiceTraffic({ services, queueWaits }: TrafficCells, slot: number): void {
  const row = slot * TRAFFIC_CELLS;
  if (services[row + TrafficCell.queuedUs] !== 0)
    queueWaits.fill(0, slot * LATENCY_BUCKETS, (slot + 1) * LATENCY_BUCKETS);
  services.fill(0, row, row + TRAFFIC_CELLS);
}

/** 0 to 4 for the classes `1xx` to `5xx`. On the hot path: a few comparisons. */
export function statusClass(status: number): number {
  if (status < 200) return 0;
  if (status < 300) return 1;
  if (status < 400) return 2;
  return status < 500 ? 3 : 4;
}
