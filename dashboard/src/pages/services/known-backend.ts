import { useMemo } from 'react';
import type { Backend, BackendHealth, Service, ServiceHealth } from '../../api/types';
import { plural } from '../../format/numbers';
import { duration, relative } from '../../format/times';
import { useLiveService } from '../../live/live';
import type { LiveBackend } from '../../live/overview.types';

/** A backend with all that is known of it. */
export interface KnownBackend {
  readonly backend: Backend;
  readonly health: BackendHealth | undefined;
  readonly live: LiveBackend | undefined;
  /** Most requests per second that one of the service has. */
  readonly most: number;
}

/** The backends of a service: as they were asked for, probed, and told live. */
export function useKnownBackends(
  service: Service,
  health: ServiceHealth | undefined,
): readonly KnownBackend[] {
  const live = useLiveService(service.name);
  return useMemo(() => {
    const judged = new Map(health?.backends.map((one) => [one.backend, one]));
    const most = Math.max(1, ...Object.values(live?.backends ?? {}).map(({ requests }) => requests));
    return service.backends.map((backend) => {
      const now = live?.backends[backend.id];
      // What comes each second is newer than what was asked for.
      const current = now ? { ...backend, ...fresh(now) } : backend;
      return { backend: current, health: judged.get(backend.id), live: now, most };
    });
  }, [service, health, live]);
}

function fresh({ state, health, available, breaker, inFlight, weight }: LiveBackend) {
  return { state, health, available, breaker, inFlight, weight };
}

/** Why a backend is out, and since when or until when; empty: it is not. */
export function reasonOf({ backend, health }: KnownBackend, now: number): string {
  if (backend.state === 'draining') {
    return backend.inFlight > 0
      ? `${plural(backend.inFlight, 'exchange')} still run`
      : 'nothing runs: it can be stopped';
  }
  if (backend.state === 'disabled') return 'by an operator';
  const since = health?.since ? `for ${duration(now - health.since)}` : '';
  if (backend.health === 'unhealthy') return [health?.lastProbe?.error, since].filter(Boolean).join(' · ');
  if (backend.health === 'unknown') return 'takes requests after its first probe';
  if (backend.ejectedUntil !== null)
    return `too many failures · returns ${relative(backend.ejectedUntil, now)}`;
  if (backend.breaker === 'open') return 'fails too often · tried again soon';
  if (backend.breaker === 'half-open') return 'a few requests try it';
  return '';
}
