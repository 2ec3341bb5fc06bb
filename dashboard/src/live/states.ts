import type { Tone } from '../kit/badge';
import type { LiveBackend, LiveService } from './overview.types';

export interface StateWords {
  readonly tone: Tone;
  readonly label: string;
}

type Judged = Pick<LiveBackend, 'state' | 'health' | 'breaker' | 'available'> & { readonly ejected: boolean };

/** What keeps a backend out, the operator's will first, as the balancer judges. */
export function backendState(backend: Judged): StateWords {
  if (backend.state === 'disabled') return { tone: 'calm', label: 'Disabled' };
  if (backend.state === 'draining') return { tone: 'warn', label: 'Draining' };
  if (backend.health === 'unhealthy') return { tone: 'bad', label: 'Unhealthy' };
  if (backend.health === 'unknown') return { tone: 'calm', label: 'Not probed yet' };
  if (backend.ejected) return { tone: 'bad', label: 'Ejected' };
  if (backend.breaker === 'open') return { tone: 'bad', label: 'Breaker open' };
  if (backend.breaker === 'half-open') return { tone: 'warn', label: 'On trial' };
  return { tone: 'good', label: 'Serving' };
}

/** How a service fares as a whole. */
export function serviceState(service: LiveService): StateWords {
  const backends = Object.values(service.backends);
  if (backends.length === 0) return { tone: 'calm', label: 'No backends' };
  if (service.breaker === 'open') return { tone: 'bad', label: 'Breaker open' };
  if (service.available === 0) return { tone: 'bad', label: 'Down' };
  const wanted = backends.filter(({ state }) => state === 'enabled').length;
  if (service.available < wanted) return { tone: 'warn', label: 'Degraded' };
  return { tone: 'good', label: 'Serving' };
}

/** Worst first. */
const RANKS: Readonly<Record<Tone, number>> = { bad: 0, warn: 1, accent: 2, calm: 3, good: 4 };

export function rankOf(service: LiveService | undefined): number {
  return service === undefined ? RANKS.calm : RANKS[serviceState(service).tone];
}
