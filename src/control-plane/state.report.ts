import type { SharedLimitsMonitor } from '../modules/data-plane/index.js';
import type { HealthService } from '../modules/health/index.js';
import type { ApplicationLogger } from '../modules/logging/index.js';
import type { StoreConnection } from '../modules/registry/index.js';

/** Logs each change of a backend's health. */
export function reportHealth(health: HealthService, logger: ApplicationLogger): void {
  const log = logger.child({ component: 'health' });
  health.onChange(({ health: now, previous, service, backend, url, error }) => {
    const fields = { service, backend, url, previous };
    // At the start this is the expected thing, once for each of perhaps thousands.
    if (now === 'healthy') log[previous === 'unknown' ? 'debug' : 'info'](fields, 'backend is healthy');
    else log.warn({ ...fields, reason: error }, `backend is ${now}`);
  });
}

/** Logs when rate limits that balancers share begin to count in this one alone, and when together again. */
export function reportSharedLimits(limits: SharedLimitsMonitor, logger: ApplicationLogger): void {
  const log = logger.child({ component: 'rate-limits' });
  limits.onChange(({ state, error }) => {
    if (state === 'away') {
      log.warn(
        { reason: error },
        'Redis is away: shared rate limits count in this balancer alone until it is back',
      );
    }
    if (state === 'up') log.info({}, 'Redis answers: shared rate limits count over all balancers');
  });
}

/** Logs when the store goes away and when it is back. */
export function reportStore(store: StoreConnection, logger: ApplicationLogger): void {
  const log = logger.child({ component: 'store' });
  const { driver } = store;
  store.onChange(({ state, error }) => {
    if (state === 'away') {
      log.warn(
        { driver, reason: error },
        'the store is away: traffic goes on, changes over the API are refused until it is back',
      );
    }
    if (state === 'connected') log.info({ driver }, 'the store is connected');
  });
}
