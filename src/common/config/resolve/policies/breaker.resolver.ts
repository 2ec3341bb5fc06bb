import {
  type BreakerPolicy,
  type CircuitSettings,
  type EjectionSettings,
  FALLBACK_REASONS,
  type FallbackSettings,
} from '../../../contract/policies/index.js';
import { BUILT_IN } from '../../built-in-defaults.js';
import type {
  CircuitBreakerInput,
  EjectionInput,
  FallbackInput,
} from '../../schema/policies/breaker.schema.js';
import type { DefaultsInput, ServiceInput } from '../../schema.js';
import { milliseconds } from '../../units/duration.js';
import { percentage } from '../../units/percent.js';

export function resolveBreaker(service: ServiceInput, defaults: DefaultsInput): BreakerPolicy {
  const written = service.fallback ?? defaults.fallback;
  // The service that all others fall back to inherits that, too.
  const fallback = written?.service === service.name ? undefined : written;
  return {
    circuit: resolveCircuit(service.circuitBreaker, defaults.circuitBreaker),
    ejection: resolveEjection(service.ejection, defaults.ejection),
    panicPercent: percentage(service.panicThreshold ?? defaults.panicThreshold ?? BUILT_IN.panicThreshold),
    fallback: fallback === undefined ? null : resolveFallback(fallback),
  };
}

/** Off, unless it is written as an object. Key by key: the service's own, else the defaults', else the built-in. */
function resolveCircuit(
  own: CircuitBreakerInput | 'off' | undefined,
  inherited: CircuitBreakerInput | 'off' | undefined,
): CircuitSettings | null {
  if ((own ?? inherited ?? 'off') === 'off') return null;
  const keys = { ...BUILT_IN.circuitBreaker, ...objectOf(inherited), ...objectOf(own) };
  const slow = keys.slow === 'off' ? null : keys.slow;
  return {
    errorPercent: percentage(keys.errors),
    slowPercent: slow === null ? 0 : percentage(slow.share),
    slowMs: slow === null ? 0 : milliseconds(slow.over),
    minimum: keys.minimum,
    windowMs: milliseconds(keys.window),
    openMs: milliseconds(keys.open),
    maxOpenMs: milliseconds(keys.maxOpen),
    probes: keys.probes,
    perBackend: keys.per !== 'service',
    perService: keys.per !== 'backend',
    shadow: 'mode' in keys && keys.mode === 'shadow',
  };
}

/** On, unless it is switched off. */
function resolveEjection(
  own: EjectionInput | 'off' | undefined,
  inherited: EjectionInput | 'off' | undefined,
): EjectionSettings | null {
  if ((own ?? inherited) === 'off') return null;
  const keys = { ...BUILT_IN.ejection, ...objectOf(inherited), ...objectOf(own) };
  return {
    consecutive: keys.consecutive,
    baseMs: milliseconds(keys.base),
    maxMs: milliseconds(keys.max),
    maxPercent: percentage(keys.maxShare),
    shadow: 'mode' in keys && keys.mode === 'shadow',
  };
}

function resolveFallback(input: FallbackInput): FallbackSettings {
  const { service = '', status = 0, body = '', contentType = BUILT_IN.fallback.contentType } = input;
  // In one order, so that the order of writing means nothing.
  const on = FALLBACK_REASONS.filter((reason) => input.on === undefined || input.on.includes(reason));
  return { on, service, status, body, contentType };
}

function objectOf<T extends object>(value: T | 'off' | undefined): T | undefined {
  return value === 'off' ? undefined : value;
}
