/** The traffic of one scaled service at one balancer. */
export interface ServiceLoad {
  readonly name: string;
  /** Requests that run or wait, on average over the last two seconds. */
  readonly inFlight: number;
  /** Those of them that wait, on average over the last two seconds. */
  readonly queue: number;
  /** Those that wait at this moment. */
  readonly waiting: number;
  readonly requestsPerSecond: number;
  /** Milliseconds in which the responses of `latency` were sent, and over which `requestsPerSecond` is the mean. */
  readonly windowMs: number;
  /** Pairs of a latency bucket and the responses in it, only where the p95 has a target and there were any. */
  readonly latency?: readonly number[];
}

/** Requests that run at one backend, by the count of one balancer. */
export interface BackendLoad {
  readonly id: string;
  readonly inFlight: number;
}

/** What a balancer has of services that are scaled and of backends that scaling or discovery brought. */
export interface BalancerLoad {
  /** The newest revision that has run for so long that nobody here picks a backend by an earlier one any more. */
  readonly settled: number;
  /** Those with traffic. */
  readonly services: readonly ServiceLoad[];
  /** Those with requests in flight. */
  readonly backends: readonly BackendLoad[];
  /** There was more than fits: of what is not named, nothing is known. */
  readonly isCut?: true;
}

/** Bytes of JSON that a load has at most. */
export const LOAD_BYTES = 65_536;

/** What fits, of the backends and of the services those with the most in flight first; backends before services. */
export function cutLoad(load: BalancerLoad): BalancerLoad {
  if (byteLength(load) <= LOAD_BYTES) return load;
  const budget = { left: LOAD_BYTES - byteLength({ ...load, services: [], backends: [], isCut: true }) };
  const backends = thoseThatFit(load.backends, budget);
  const services = thoseThatFit(load.services, budget);
  return { settled: load.settled, services, backends, isCut: true };
}

function thoseThatFit<T extends { readonly inFlight: number }>(
  items: readonly T[],
  budget: { left: number },
): readonly T[] {
  return items
    .toSorted((a, b) => b.inFlight - a.inFlight)
    .filter((item) => {
      // With the comma behind it.
      const bytes = byteLength(item) + 1;
      if (bytes > budget.left) return false;
      budget.left -= bytes;
      return true;
    });
}

function byteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
