import type { DriversConfig } from '../../common/config/index.js';
import type { DiscoverySource } from './found.js';
import type { WantedSource } from './source.set.js';

/** Makes a source. Its code is loaded when the first of its kind is wanted. `docker`: how the engine is reached. */
export async function makeSource(
  wanted: WantedSource,
  docker: DriversConfig['docker'],
): Promise<DiscoverySource> {
  if (wanted.type === 'docker') {
    // The rules of the configuration refuse that before.
    if (docker === null) throw new Error('discovery.docker needs drivers.docker');
    const [{ containerReach, DockerSource }, { EngineClient }] = await Promise.all([
      import('./docker/index.js'),
      import('../../common/docker/index.js'),
    ]);
    const engine = new EngineClient(docker);
    return new DockerSource(engine, containerReach(wanted.docker, engine));
  }
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
