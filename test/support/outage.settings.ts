import {
  type BreakerPolicy,
  type CircuitSettings,
  type EjectionSettings,
  NO_BREAKER,
  NO_POLICIES,
  type ServicePolicies,
} from '../../src/common/contract/index.js';

/** Ejection with times of a test. */
export const EJECTION: EjectionSettings = {
  consecutive: 3,
  baseMs: 1_000,
  maxMs: 5_000,
  maxPercent: 50,
  shadow: false,
};

/** A breaker of each backend, without the service's, with times of a test. */
export const CIRCUIT: CircuitSettings = {
  errorPercent: 50,
  slowPercent: 0,
  slowMs: 0,
  minimum: 4,
  windowMs: 8_000,
  openMs: 1_000,
  maxOpenMs: 4_000,
  probes: 1,
  perBackend: true,
  perService: false,
  shadow: false,
};

/** The policies of a service that has only these. */
export function breakerPolicies(policy: Partial<BreakerPolicy>): ServicePolicies {
  return { ...NO_POLICIES, breaker: { ...NO_BREAKER, ...policy } };
}
