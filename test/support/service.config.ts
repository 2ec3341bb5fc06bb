import type { BackendConfig, ServiceConfig } from '../../src/common/config/index.js';
import { NO_GLOBALS } from '../../src/common/contract/index.js';
import type { PublishableState } from '../../src/modules/data-plane/index.js';
import { SERVICE } from './balancer.fixture.js';
import { HEALTH } from './probe.fixture.js';

/** A backend on loopback as the desired state has it. */
export function backendConfig(port: number, settings: Partial<BackendConfig> = {}): BackendConfig {
  return {
    id: `id-${port}`,
    url: `http://127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    secure: false,
    weight: 1,
    backup: false,
    maxInFlight: 0,
    source: null,
    state: 'enabled',
    ...settings,
  };
}

/** A service as the desired state has it. */
export function serviceConfig(
  backends: readonly BackendConfig[],
  settings: Partial<ServiceConfig> = {},
): ServiceConfig {
  return { ...SERVICE, backends, health: HEALTH, scaling: null, discovery: [], ...settings };
}

/** A desired state of nothing but these services. */
export function stateOf(services: readonly ServiceConfig[], revision = 1): PublishableState {
  return { revision, services, trustedProxies: [], globals: NO_GLOBALS, affinitySecret: '00' };
}
