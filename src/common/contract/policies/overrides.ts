import type { RetrySettings } from '../retry-settings.js';
import type { ServiceTimeouts } from '../service-timeouts.js';

/** Settings of single paths. */
export interface OverridePolicy {
  /** In the order they are asked: the first one that fits applies. */
  readonly rules: readonly OverrideSettings[];
}

/** What applies to some of a service's requests instead of what the service says; complete. */
export interface OverrideSettings {
  /** Empty: any. */
  readonly method: string;
  /** Pattern of paths (see PathPattern). */
  readonly path: string;
  readonly timeouts: ServiceTimeouts;
  readonly retries: RetrySettings;
}

export const NO_OVERRIDES: OverridePolicy = { rules: [] };
