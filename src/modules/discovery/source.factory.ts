import type { DiscoverySource } from './found.js';
import type { WantedSource } from './source.set.js';

/** Makes a source. Its code is loaded when the first of its kind is wanted. */
export async function makeSource(wanted: WantedSource): Promise<DiscoverySource> {
  if (wanted.type === 'docker')
    throw new Error('labels of containers cannot be looked at: this build has no Docker source');
  const { service, config } = wanted;
  if (config.type === 'file') {
    const { FileSource } = await import('./file/file.source.js');
    return new FileSource(config.path, service);
  }
  const [{ DnsSource }, { DnsClient }] = await Promise.all([
    import('./dns/dns.source.js'),
    import('./dns/dns.client.js'),
  ]);
  return new DnsSource({ config, service, asker: new DnsClient(config.servers) });
}
