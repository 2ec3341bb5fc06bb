import { expect } from 'vitest';
import type { BackendResource } from '../../../src/modules/admin/resources/service.resource.js';
import type { DiscoveryStatus } from '../../../src/modules/discovery/index.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { eventually } from '../../support/eventually.js';
import type { DnsServer } from '../../support/dns-server.js';

export const SRV = '_http._tcp.shop.internal';
/** Where the SRV records of the tests lead. */
export const LOCAL = 'local.internal';

/** A source that asks this name server, and asks soon again. */
export function srvSource({ address }: DnsServer): object {
  return { dns: SRV, record: 'srv', servers: [address], interval: { min: '100ms', max: '1s' } };
}

/** The ports of the loopback that the SRV records name from now on. */
export function publish(dns: DnsServer, ports: readonly number[]): void {
  dns.addresses(LOCAL, ['127.0.0.1']);
  dns.services(
    SRV,
    ports.map((port) => ({ priority: 1, weight: 1, port, target: LOCAL })),
  );
}

export async function backendsOf(
  balancer: BalancerProcess,
  service = 'shop',
): Promise<readonly BackendResource[]> {
  const route = `/api/v1/services/${service}/backends`;
  return (await balancer.api<{ items: BackendResource[] }>('GET', route)).body.items;
}

export async function portsOf(balancer: BalancerProcess, service = 'shop'): Promise<readonly number[]> {
  return (await backendsOf(balancer, service)).map(({ url }) => Number(new URL(url).port)).sort();
}

/** Resolves when the service has backends on exactly these ports, all of them enabled. */
export async function has(
  balancer: BalancerProcess,
  ports: readonly number[],
  service = 'shop',
): Promise<void> {
  await eventually(async () => {
    const backends = await backendsOf(balancer, service);
    expect(backends.map(({ url }) => Number(new URL(url).port)).sort()).toEqual([...ports].sort());
    expect(backends.every(({ state }) => state === 'enabled')).toBe(true);
  });
}

export async function sourcesOf(balancer: BalancerProcess): Promise<DiscoveryStatus['sources']> {
  return (await balancer.api<DiscoveryStatus>('GET', '/api/v1/discovery')).body.sources;
}

export interface RevisionItem {
  readonly number: number;
  readonly origin: string;
  readonly author: string;
  readonly note: string;
  readonly changes: readonly string[];
}

/** Newest first. */
export async function revisionsOf(balancer: BalancerProcess): Promise<readonly RevisionItem[]> {
  return (await balancer.api<{ items: RevisionItem[] }>('GET', '/api/v1/revisions?limit=1000')).body.items;
}
