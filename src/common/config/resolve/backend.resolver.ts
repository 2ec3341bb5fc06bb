import { hash } from 'node:crypto';
import { BUILT_IN } from '../built-in-defaults.js';
import type { BackendInput } from '../schema.js';
import { parseBackendUrl } from '../units/backend-origin.js';
import type { BackendConfig } from '../velocity-config.js';

/** Stable over reloads and restarts: first 16 hex digits of SHA-256 over service name, a line feed and normalised URL. */
export function backendId(serviceName: string, url: string): string {
  return hash('sha256', `${serviceName}\n${url}`, 'hex').slice(0, 16);
}

/**
 * A valid backend with its defaults filled in. Throws on a URL that validation would have refused.
 *
 * @param maxInFlight 0: unlimited.
 */
export function resolveBackend(serviceName: string, input: BackendInput, maxInFlight: number): BackendConfig {
  const result = parseBackendUrl(input.url);
  if (!result.ok) throw new TypeError(`backend of ${serviceName}: ${result.problem}`);
  const { url, host, port, secure } = result.origin;
  return {
    id: backendId(serviceName, url),
    url,
    host,
    port,
    secure,
    weight: input.weight ?? BUILT_IN.backend.weight,
    backup: input.backup ?? BUILT_IN.backend.backup,
    maxInFlight,
    state: input.state ?? BUILT_IN.backend.state,
    source: input.source ?? null,
  };
}
