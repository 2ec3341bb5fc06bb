import type { BackendConfig, ServiceConfig } from '../../common/config/index.js';
import type { PublishedService } from '../data-plane/index.js';
import type { ProbeSubject } from './probes/index.js';

/** Which backend of which service is watched, and where its state lies in the shared memory. */
export interface WatchedBackend {
  readonly id: string;
  readonly url: string;
  readonly service: string;
  readonly slot: number;
  readonly serviceSlot: number;
}

/** One backend that shall be under watch, and how. */
export interface PlannedWatch {
  readonly backend: WatchedBackend;
  readonly subject: ProbeSubject;
  /** Place among the service's backends, from 0. */
  readonly rank: number;
  /** Equal for equal subjects. */
  readonly subjectFingerprint: string;
}

/** All backends of a service but the disabled ones: draining ones and those of weight 0 may come back any time. */
export function planWatches({ config, snapshot }: PublishedService): readonly PlannedWatch[] {
  const serviceFingerprint = JSON.stringify([config.health, config.tls]);
  const planned: PlannedWatch[] = [];
  snapshot.backends.forEach((published, index) => {
    const backend = config.backends[index]!;
    if (backend.state === 'disabled') return;
    const subject = subjectOf(backend, config);
    planned.push({
      backend: {
        id: backend.id,
        url: backend.url,
        service: config.name,
        slot: published.slot,
        serviceSlot: snapshot.slot,
      },
      subject,
      rank: index,
      subjectFingerprint: `${subject.authority} ${published.slot} ${serviceFingerprint}`,
    });
  });
  return planned;
}

function subjectOf({ url, host, port, secure }: BackendConfig, { health, tls }: ServiceConfig): ProbeSubject {
  const probePort = health.port === 0 ? port : health.port;
  const hostName = new URL(url).hostname;
  const isDefaultPort = probePort === ((health.type === 'tcp' ? secure : health.type === 'https') ? 443 : 80);
  const authority = isDefaultPort ? hostName : `${hostName}:${probePort}`;
  return { host, port: probePort, authority, health, tls };
}
