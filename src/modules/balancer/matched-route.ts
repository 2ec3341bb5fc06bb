import type { RouteDecision, ServiceSnapshot } from '../../common/contract/index.js';
import { normalizeHost } from './host-name.js';

/**
 * Which host entry and path prefix of a service led an exchange to it, by the order of the routing table: the host itself,
 * then the longest wildcard; the longest prefix. Not on the hot path.
 *
 * @param host As `normalizeHost` gives it.
 */
export function matchedRoute(
  { name, hosts, paths }: ServiceSnapshot,
  host: string,
  path: string,
): RouteDecision {
  return {
    service: name,
    host: matchedHost(hosts, host),
    path: longest(paths.filter((one) => covers(one, path))),
  };
}

function matchedHost(hosts: readonly string[], host: string): string {
  const exact = hosts.find((entry) => !entry.startsWith('*.') && normalizeHost(entry) === host);
  return exact ?? longest(hosts.filter((entry) => entry.startsWith('*.') && host.endsWith(entry.slice(1))));
}

function covers(prefix: string, path: string): boolean {
  const trimmed = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
  return path === trimmed || path.startsWith(`${trimmed}/`) || (trimmed === '' && path === '*');
}

function longest(texts: readonly string[]): string {
  return texts.reduce((best, text) => (text.length > best.length ? text : best), '');
}
