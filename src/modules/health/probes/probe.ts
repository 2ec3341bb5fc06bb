import type { HealthConfig } from '../../../common/config/index.js';
import type { UpstreamTls } from '../../../common/contract/index.js';

/** What a probe is sent to. */
export interface ProbeSubject {
  /** As a socket takes it: an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** `Host` header unless the service's probe headers say otherwise. */
  readonly authority: string;
  readonly health: HealthConfig;
  readonly tls: UpstreamTls;
}

/**
 * `inconclusive`: this machine could not even try (no file descriptor, no local port), which tells nothing about
 * the backend.
 */
export type ProbeOutcome = 'passed' | 'failed' | 'inconclusive';

export interface ProbeResult {
  readonly outcome: ProbeOutcome;
  /** Response status; 0: none arrived. */
  readonly status: number;
  /** Until the verdict, whole microseconds. */
  readonly durationUs: number;
  /** Why it did not pass, in words for an operator; empty when it passed. */
  readonly error: string;
}

/**
 * One active check over a connection of its own. Never rejects; ends at the latest after `health.timeoutMs` or when
 * the signal aborts, and by then the connection is closed.
 */
export interface Probe {
  run(subject: ProbeSubject, signal: AbortSignal): Promise<ProbeResult>;
}

/** Every type of `health.type` that needs a probe. */
export type ProbeSet = Readonly<Record<'tcp' | 'http' | 'https', Probe>>;
