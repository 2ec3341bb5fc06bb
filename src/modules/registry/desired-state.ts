import type { DefaultsInput, ServiceInput } from '../../common/config/index.js';

/**
 * WHAT shall exist, in the form it is written in YAML and API bodies (strings with units, defaults not filled in):
 * the part of the configuration that can change while the balancer runs.
 */
export interface DesiredState {
  readonly trustedProxies: readonly string[];
  readonly defaults: DefaultsInput;
  readonly services: readonly ServiceInput[];
}
