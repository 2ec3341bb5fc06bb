import { BUILT_IN } from '../built-in-defaults.js';
import { pathText, type ConfigIssue, type ConfigPath } from '../issues/config-issue.js';
import { serviceSchema } from '../schema.js';
import { looseObject, looseTexts } from './loose.js';
import { quoted } from '../units/quoted.js';

const ANY_HOST = '';

interface Claim {
  readonly name: string;
  readonly base: ConfigPath;
}

/** A host in the one form in which the router compares it. */
export function routeHost(host: string): string {
  const lower = host.toLowerCase();
  if (!lower.startsWith('[')) return lower;
  return URL.parse(`http://${lower}`)?.hostname ?? lower;
}

/** A path prefix in the one form in which the router compares it: a trailing slash means nothing. */
export function routePath(path: string): string {
  return path.replace(/\/+$/, '') || '/';
}

/** Who takes which host and path, and under which name: no two services may claim the same. */
export class RouteClaims {
  private readonly names = new Map<string, Claim>();
  private readonly routes = new Map<string, Map<string, Claim>>();

  /** Enters a service, and answers what it claims that another one has already. */
  claim(service: unknown, base: ConfigPath): ConfigIssue[] {
    const keys = looseObject(service);
    if (keys !== service) return [];
    const name = typeof keys['name'] === 'string' ? keys['name'] : '';
    const claim: Claim = { name, base };
    return [...this.claimName(claim), ...(isMistyped(keys) ? [] : this.claimRoutes(keys, claim))];
  }

  private claimName(claim: Claim): ConfigIssue[] {
    if (claim.name === '') return [];
    const other = this.names.get(claim.name);
    if (other === undefined) {
      this.names.set(claim.name, claim);
      return [];
    }
    const message = `${quoted(claim.name)} is the name of another service${place(other)}: names are unique, so choose another`;
    return [{ path: [...claim.base, 'name'], message }];
  }

  private claimRoutes(keys: Readonly<Record<string, unknown>>, claim: Claim): ConfigIssue[] {
    const hosts: [number, string][] =
      keys['hosts'] === undefined ? [[-1, ANY_HOST]] : looseTexts(keys['hosts']);
    const paths =
      keys['paths'] === undefined ? [...BUILT_IN.paths] : looseTexts(keys['paths']).map(([, path]) => path);
    const issues: ConfigIssue[] = [];
    for (const [index, host] of hosts) {
      const overlap = this.claimHost(routeHost(host), paths, claim);
      if (overlap !== null) issues.push(overlapIssue(claim, overlap, [index, host]));
    }
    return issues;
  }

  /** The first path that another service has on this host, with that service; null when there is none. */
  private claimHost(
    host: string,
    paths: readonly string[],
    claim: Claim,
  ): { path: string; other: Claim } | null {
    let onHost = this.routes.get(host);
    if (onHost === undefined) this.routes.set(host, (onHost = new Map()));
    let overlap: { path: string; other: Claim } | null = null;
    for (const path of paths) {
      const key = routePath(path);
      const other = onHost.get(key);
      if (other === undefined) onHost.set(key, claim);
      else if (other !== claim) overlap ??= { path, other };
    }
    return overlap;
  }
}

/** Without hosts, but with a key that was perhaps meant to be `hosts`: what it claims is not known. */
function isMistyped(keys: Readonly<Record<string, unknown>>): boolean {
  return (
    keys['hosts'] === undefined && Object.keys(keys).some((key) => !Object.hasOwn(serviceSchema.shape, key))
  );
}

function overlapIssue(
  claim: Claim,
  overlap: { path: string; other: Claim },
  [index, host]: [number, string],
): ConfigIssue {
  const { path, other } = overlap;
  const owner =
    other.name === '' ? `another service${place(other)}` : `service ${quoted(other.name)}${place(other)}`;
  if (host === ANY_HOST) {
    const message = `takes any host with path ${quoted(path)}, as ${owner} does: set \`hosts\`, or other \`paths\``;
    return { path: claim.base, message };
  }
  const message = `${quoted(host)} with path ${quoted(path)} belongs to ${owner}: change the host, or set other \`paths\``;
  return { path: [...claim.base, 'hosts', index], message };
}

function place(claim: Claim): string {
  return claim.base.length === 0 ? '' : ` (${pathText(claim.base)})`;
}
