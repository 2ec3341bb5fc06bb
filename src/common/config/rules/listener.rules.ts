import { BUILT_IN } from '../built-in-defaults.js';
import type { ConfigIssue, ConfigPath } from '../issues/config-issue.js';
import { parseSize } from '../units/size.js';
import { looseList, looseObject } from './loose.js';

interface Endpoint {
  readonly label: string;
  readonly path: ConfigPath;
  readonly host: unknown;
  readonly port: unknown;
}

/** What is wrong between listeners, and between them and the admin API: one address twice, keys that contradict. */
export function listenerRules(config: unknown): ConfigIssue[] {
  const keys = looseObject(config);
  const listeners = keys['listeners'] === undefined ? [{}] : looseList(keys['listeners']);
  const endpoints = listeners.map((listener, index) =>
    endpoint(listener, ['listeners', index], BUILT_IN.listener),
  );
  const admin = endpoint(keys['admin'], ['admin'], BUILT_IN.admin);
  return [
    ...sharedAddresses([...endpoints, admin]),
    ...listeners.flatMap(uriAboveHead),
    ...wireInline(keys['workers'], listeners),
  ];
}

function endpoint(value: unknown, base: ConfigPath, standard: { host: string; port: number }): Endpoint {
  const { host = standard.host, port = standard.port } = looseObject(value);
  const label = base[0] === 'admin' ? 'the admin API' : `listeners[${base[1]}]`;
  return { label, path: [...base, 'port'], host, port };
}

function sharedAddresses(endpoints: readonly Endpoint[]): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  endpoints.forEach((endpoint, index) => {
    const other = endpoints.slice(0, index).find((earlier) => collide(earlier, endpoint));
    if (other === undefined) return;
    const message = `${String(endpoint.port)} is taken by ${other.label} (${String(other.host)}:${String(other.port)}): choose another port`;
    issues.push({ path: endpoint.path, message });
  });
  return issues;
}

/** With reusePort the kernel would let both bind and spread connections over them, so this must be found here. */
function collide(a: Endpoint, b: Endpoint): boolean {
  if (typeof a.port !== 'number' || a.port === 0 || a.port !== b.port) return false;
  return a.host === b.host || isWildcard(a.host) || isWildcard(b.host);
}

function isWildcard(host: unknown): boolean {
  return host === '0.0.0.0' || host === '::';
}

function uriAboveHead(listener: unknown, index: number): ConfigIssue[] {
  const limits = { ...BUILT_IN.listener.limits, ...looseObject(looseObject(listener)['limits']) };
  const head = parseSize(limits.head);
  const uri = parseSize(limits.uri);
  if (head === null || uri === null || uri <= head) return [];
  const message = `${limits.uri} must not be above the largest head (${limits.head}): lower it, or raise \`head\``;
  return [{ path: ['listeners', index, 'limits', 'uri'], message }];
}

/** The main thread serves through Nest's HTTP server, which has no wire lane. */
function wireInline(workers: unknown, listeners: readonly unknown[]): ConfigIssue[] {
  if (workers !== 'inline') return [];
  const message =
    'wire needs worker threads, and `workers: inline` has none: write auto or http, or set `workers` to a number';
  return listeners.flatMap((listener, index) =>
    looseObject(listener)['lane'] === 'wire' ? [{ path: ['listeners', index, 'lane'], message }] : [],
  );
}
