import type { VelocityConfig } from '../../common/config/index.js';
import type { ServiceResource } from '../../modules/admin/resources/service.mapping.js';
import type { StatusResource } from '../../modules/admin/resources/status.resource.js';
import type { AdminClient } from '../admin/admin.client.js';
import type { Finding } from './finding.js';
import type { ProcessTable } from '../../common/processes/index.js';

/** A balancer that answers, as its admin API shows it. */
export interface LiveBalancer {
  readonly status: StatusResource;
  readonly services: readonly ServiceResource[];
}

/** What an examination has before it: any part may be missing. */
export interface Examination {
  /** As the configuration file says; null: it is missing or does not hold. */
  readonly config: VelocityConfig | null;
  /** Why the file could not be used, or what should be looked at in it. */
  readonly configFile: ConfigFileResult;
  readonly live: LiveBalancer | null;
  /** null: the balancer is not asked, because none answers. */
  readonly client: AdminClient | null;
  /** URL that was asked, and why it did not answer; empty when it did. */
  readonly admin: { readonly url: string; readonly error: string };
  readonly processes: ProcessTable;
  /** The balancer is, or would be, on this machine: its ports and limits can be looked at. */
  readonly isLocal: boolean;
  /** Look also at what takes long. */
  readonly deep: boolean;
}

export interface ConfigFileResult {
  readonly path: string;
  readonly errors: readonly string[];
  readonly notices: readonly string[];
  /** false: there is no such file, and none was asked for. */
  readonly isThere: boolean;
}

/** A check never throws: what it cannot find out is a finding. */
export type Check = (examination: Examination) => Promise<readonly Finding[]>;

/** A backend with what its service says about how it is spoken to. */
export interface ExaminedBackend {
  readonly service: string;
  readonly url: string;
  readonly isDisabled: boolean;
  readonly healthPath: string;
  /** Idle connections to it are kept for so long. */
  readonly upstreamIdleMs: number;
  /** PEM text of its own authority; empty: the system's. null: not known here, so its certificate is not judged. */
  readonly ca: string | null;
  readonly serverName: string;
}

/** Of the running balancer, which may know more than the file; else those of the file. */
export function examinedBackends({ live, config }: Examination): ExaminedBackend[] {
  if (live !== null) return live.services.flatMap(liveBackends);
  return (config?.services ?? []).flatMap(({ name, backends, health, timeouts, tls }) =>
    backends.map(({ url, state }) => ({
      service: name,
      url,
      isDisabled: state === 'disabled',
      healthPath: health.type === 'http' || health.type === 'https' ? health.path : '',
      upstreamIdleMs: timeouts.upstreamIdleMs,
      ca: tls.verify ? tls.ca : null,
      serverName: tls.serverName,
    })),
  );
}

function liveBackends({ name, backends, effective }: ServiceResource): ExaminedBackend[] {
  const { health, timeouts, tls } = effective;
  return backends.map(({ url, state }) => ({
    service: name,
    url,
    isDisabled: state === 'disabled',
    healthPath: health.type === 'http' || health.type === 'https' ? health.path : '',
    upstreamIdleMs: timeouts.upstreamIdleMs,
    ca: tls.verify && !tls.ownAuthority ? '' : null,
    serverName: tls.serverName,
  }));
}
