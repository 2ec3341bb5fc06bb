import { expect, it } from 'vitest';
import { type BalancerLoad, cutLoad, LOAD_BYTES } from './balancer-load.js';

function load(services: number, backends: number): BalancerLoad {
  return {
    settled: 7,
    services: Array.from({ length: services }, (_, index) => ({
      name: `dienst-ä-${index}`,
      inFlight: index,
      queue: 0,
      waiting: 0,
      requestsPerSecond: 10,
      windowMs: 5_000,
      latency: [3, 100, 4, 50],
    })),
    backends: Array.from({ length: backends }, (_, index) => ({ id: `backend-${index}`, inFlight: index })),
  };
}

it('leaves what fits as it is', () => {
  const all = load(50, 50);
  expect(cutLoad(all)).toBe(all);
});

it('keeps within its bytes, with those that have the most in flight, and says that it is cut', () => {
  const cut = cutLoad(load(2_000, 500));
  const bytes = Buffer.byteLength(JSON.stringify(cut));
  expect(bytes).toBeLessThanOrEqual(LOAD_BYTES);
  expect(bytes).toBeGreaterThan(LOAD_BYTES - 500);
  expect(cut).toMatchObject({ settled: 7, isCut: true });
  expect(cut.backends).toHaveLength(500);
  expect(cut.services[0]).toMatchObject({ inFlight: 1_999 });
  const least = cut.services.at(-1)!.inFlight;
  expect(cut.services).toHaveLength(2_000 - least);
});
