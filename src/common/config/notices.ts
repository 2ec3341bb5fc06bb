import type { z } from 'zod';
import type { ConfigIssue } from './issues/config-issue.js';
import type { configSchema } from './schema.js';
import { parseBackendUrl } from './units/backend-origin.js';

type WrittenConfig = z.output<typeof configSchema>;
type WrittenService = NonNullable<WrittenConfig['services']>[number];

/** What is allowed but probably not meant, or not safe. */
export function configNotices(config: WrittenConfig): ConfigIssue[] {
  const notices: ConfigIssue[] = [];
  config.trustedProxies?.forEach((network, index) => {
    if (!network.endsWith('/0')) return;
    notices.push({ path: ['trustedProxies', index], message: 'trusts every client to name its own address' });
  });
  if (config.defaults?.tls?.verify === false) notices.push(unverified(['defaults', 'tls', 'verify']));
  config.services?.forEach((service, index) => notices.push(...serviceNotices(service, index)));
  return notices;
}

function serviceNotices(service: WrittenService, index: number): ConfigIssue[] {
  const base = ['services', index];
  const notices = (service.backends ?? []).flatMap((backend, position) =>
    portNotice(backend, [...base, 'backends', position]),
  );
  if (service.tls?.verify === false) notices.push(unverified([...base, 'tls', 'verify']));
  if ((service.backends ?? []).length === 0) {
    notices.push({
      path: base,
      message: `"${service.name}" has no backends, so it answers 503 until one is added`,
    });
  }
  return notices;
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
