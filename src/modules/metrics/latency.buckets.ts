import { LATENCY_BUCKETS, latencyBoundUs, latencyBucket } from '../../common/contract/index.js';

const MICROSECONDS = 1_000_000;

/**
 * Which buckets of the internal histograms (four per doubling) make one bucket of a page. Their bounds are bounds of the
 * internal ones, so that no count is estimated.
 */
export class LatencyBuckets {
  /** Upper bounds in seconds, as `le` shows them. */
  readonly bounds: readonly string[];
  /** Numbers that a histogram is: counts by bound, those above, the sum in seconds. */
  readonly width: number;
  /** Internal bucket to ours. */
  private readonly places: Uint8Array;

  /** @param boundsUs Ascending; each a bound of an internal bucket, in microseconds. */
  constructor(boundsUs: readonly number[]) {
    this.bounds = boundsUs.map((us) => String(us / MICROSECONDS));
    this.width = boundsUs.length + 2;
    this.places = Uint8Array.from({ length: LATENCY_BUCKETS }, (_, bucket) => {
      const place = boundsUs.findIndex((us) => bucket < latencyBucket(us));
      return place < 0 ? boundsUs.length : place;
    });
    for (const us of boundsUs)
      if (latencyBoundUs(latencyBucket(us)) !== us) throw new RangeError(`${us} is no bound of a bucket`);
  }

  /**
   * Adds one histogram of each worker.
   *
   * @param regions One per worker: [slots x LATENCY_BUCKETS].
   * @param into Becomes `width` numbers.
   */
  collect(regions: readonly Float64Array[], slot: number, sumUs: number, into: Float64Array): void {
    into.fill(0);
    const start = slot * LATENCY_BUCKETS;
    for (const region of regions) {
      for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
        into[this.places[bucket]!]! += region[start + bucket]!;
      }
    }
    into[this.width - 1] = sumUs / MICROSECONDS;
  }
}

/** From 256 microseconds to 67 s; two for each doubling where most services are, between one millisecond and 12 s. */
export const SERVICE_BUCKETS = new LatencyBuckets([
  ...doublings(256, 2),
  ...doublings(1_024, 14).flatMap((us) => [us, us * 1.5]),
  ...doublings(2 ** 24, 3),
]);

/** One for each doubling: there are many backends. From 512 microseconds to 33 s. */
export const BACKEND_BUCKETS = new LatencyBuckets(doublings(512, 17));

/** Time in the queue, and what a loop comes late: from one millisecond to 33 s. */
export const WAIT_BUCKETS = new LatencyBuckets(doublings(1_024, 16));

function doublings(firstUs: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => firstUs * 2 ** index);
}
