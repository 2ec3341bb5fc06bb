import type { z } from 'zod';
import type { ConfigIssue } from './issues/config-issue.js';
import type { configSchema, DefaultsInput, ServiceInput } from './schema.js';
import { parseBackendUrl } from './units/backend-origin.js';

type WrittenConfig = z.output<typeof configSchema>;
type WrittenService = NonNullable<WrittenConfig['services']>[number];

/** What is allowed but probably not meant, or not safe, outside of the services. */
export function configNotices(config: Omit<WrittenConfig, 'services'>): ConfigIssue[] {
  const notices: ConfigIssue[] = [];
  config.trustedProxies?.forEach((network, index) => {
    if (!network.endsWith('/0')) return;
    notices.push({ path: ['trustedProxies', index], message: 'trusts every client to name its own address' });
  });
  notices.push(...addressNotices(config));
  if (config.defaults?.tls?.verify === false) notices.push(unverified(['defaults', 'tls', 'verify']));
  return notices;
}

/** The same for one service; paths are relative to it. `defaults`: what it inherits. */
export function serviceNotices(service: WrittenService, defaults: DefaultsInput): ConfigIssue[] {
  const notices = (service.backends ?? []).flatMap((backend, position) =>
    portNotice(backend, ['backends', position]),
  );
  notices.push(...addressNotices(service));
  if (service.tls?.verify === false) notices.push(unverified(['tls', 'verify']));
  notices.push(...wakeNotices(service, defaults));
  return notices;
}

/** The same for one that nobody brings backends. Not for files in which containers may name any service by their labels. */
export function emptyServiceNotices(service: ServiceInput): ConfigIssue[] {
  const { name, backends = [], redirect, scaling, discovery } = service;
  const getsAlong = redirect !== undefined || scaling !== undefined || discovery !== undefined;
  if (backends.length > 0 || getsAlong) return [];
  return [{ path: [], message: `"${name}" has no backends, so it answers 503 until one is added` }];
}

/** Who comes to a service that sleeps must wait for it. */
function wakeNotices({ scaling, queue }: WrittenService, defaults: DefaultsInput): ConfigIssue[] {
  const hold = queue?.hold ?? defaults.queue?.hold ?? 'off';
  if (scaling?.min !== 0 || hold !== 'off') return [];
  const message =
    'lets the service sleep, and nobody waits until it is awake: its first requests get 503; write queue: { size: 100, hold: 30s }';
  return [{ path: ['scaling', 'min'], message }];
}

type Lists = Pick<WrittenConfig, 'blocklist' | 'allowlist'>;

function addressNotices(lists: Lists): ConfigIssue[] {
  const now = Date.now();
  const expired = (['blocklist', 'allowlist'] as const).flatMap((key) =>
    (lists[key] ?? []).flatMap((entry, index): ConfigIssue[] => {
      if (typeof entry === 'string' || entry.expires === undefined || Date.parse(entry.expires) > now)
        return [];
      return [{ path: [key, index, 'expires'], message: 'is in the past: the entry counts no more' }];
    }),
  );
  if ((lists.allowlist ?? []).length > 0) return expired;
  const everybody = (lists.blocklist ?? []).flatMap((entry, index): ConfigIssue[] => {
    const { cidr, mode = 'enforce' } = typeof entry === 'string' ? { cidr: entry } : { ...entry };
    if (!cidr.endsWith('/0') || mode === 'shadow') return [];
    return [{ path: ['blocklist', index], message: 'blocks every such address, and `allowlist` names none' }];
  });
  return [...expired, ...everybody];
}

function portNotice(
  backend: NonNullable<WrittenService['backends']>[number],
  path: (string | number)[],
): ConfigIssue[] {
  const isShort = typeof backend === 'string';
  const result = parseBackendUrl(isShort ? backend : backend.url);
  if (!result.ok || result.origin.explicitPort) return [];
  const message = `has no port, so ${result.origin.port} is used: write ${result.origin.url}`;
  return [{ path: isShort ? path : [...path, 'url'], message }];
}

function unverified(path: (string | number)[]): ConfigIssue {
  return {
    path,
    message: 'lets backends show any certificate: set `ca` to the file of your own authority instead',
  };
}
