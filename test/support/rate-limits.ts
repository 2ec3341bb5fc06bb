import type { RateLimitSettings } from '../../src/common/contract/index.js';

/** A rule by the client's address, whose tokens do not come back while a test runs. */
export function rateLimit(settings: Partial<RateLimitSettings> = {}): RateLimitSettings {
  return {
    name: 'ip',
    by: ['ip'],
    header: '',
    method: '',
    path: '',
    limit: 2,
    windowMs: 3_600_000,
    burst: 2,
    shadow: false,
    shared: false,
    ...settings,
  };
}
