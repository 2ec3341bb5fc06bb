import type { ExpositionWriter, MetricHead } from './exposition.writer.js';
import type { LatencyBuckets } from './latency.buckets.js';

/** A metric that each service, or each backend, has: read from the cells of its slot. */
export interface SlotMetric extends MetricHead {
  /** Numbers that one slot has. */
  readonly width: number;
  /** Whether those without series of their own are added up; otherwise they are in no series of this metric. */
  readonly folds: boolean;
  /** Whether the holder of a slot has it; omitted: each has. */
  has?(slot: number): boolean;
  /** Fills in the numbers of a slot. Fast, from memory. */
  collect(slot: number, into: Float64Array): void;
  /** Samples of none of the slots, after those of all of them. */
  rest?(writer: ExpositionWriter): void;
  /** @param labels Of the service or backend, without braces. */
  write(writer: ExpositionWriter, labels: string, values: Float64Array): void;
}

export function counter(name: string, help: string, read: (slot: number) => number): SlotMetric {
  return { name, type: 'counter', help, folds: true, ...one(read) };
}

/** What is running or waiting: may be added up. */
export function gauge(name: string, help: string, read: (slot: number) => number): SlotMetric {
  return { name, type: 'gauge', help, folds: true, ...one(read) };
}

/** What a service or backend is: makes no sense of several. */
export function state(name: string, help: string, read: (slot: number) => number): SlotMetric {
  return { name, type: 'gauge', help, folds: false, ...one(read) };
}

/** Counters that one more label tells apart. `values` are its values; `read` gets the index of one. */
export function counters(
  head: Omit<MetricHead, 'type'>,
  label: string,
  values: readonly string[],
  read: (slot: number, index: number) => number,
): SlotMetric {
  const pairs = values.map((value) => `${label}="${value}"`);
  return {
    ...head,
    type: 'counter',
    folds: true,
    width: values.length,
    collect(slot, into) {
      for (let index = 0; index < pairs.length; index++) into[index] = read(slot, index);
    },
    write(writer, labels, numbers) {
      for (let index = 0; index < pairs.length; index++)
        writer.sample(`{${labels},${pairs[index]!}}`, numbers[index]!);
    },
  };
}

/**
 * @param regions One per worker: [slots x LATENCY_BUCKETS].
 * @param sumUs The sum of what a slot's histogram counts, microseconds.
 */
export function histogram(
  head: Omit<MetricHead, 'type'>,
  buckets: LatencyBuckets,
  regions: readonly Float64Array[],
  sumUs: (slot: number) => number,
): SlotMetric {
  return {
    ...head,
    type: 'histogram',
    folds: true,
    width: buckets.width,
    collect: (slot, into) => buckets.collect(regions, slot, sumUs(slot), into),
    write: (writer, labels, values) => writer.histogram(labels, buckets.bounds, values),
  };
}

function one(read: (slot: number) => number): Pick<SlotMetric, 'width' | 'collect' | 'write'> {
  return {
    width: 1,
    collect: (slot, into) => void (into[0] = read(slot)),
    write: (writer, labels, values) => writer.sample(`{${labels}}`, values[0]!),
  };
}
