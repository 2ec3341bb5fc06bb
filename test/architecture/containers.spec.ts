import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfigFile, parseDuration } from '../../src/common/config/index.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(path.join(ROOT, name), 'utf8');
const DOCKERFILES = ['Dockerfile', 'docker/test-server.Dockerfile'];

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly name?: string }>>;
}

interface ComposeService {
  readonly image: string;
  readonly ports?: string[];
  readonly volumes?: string[];
  readonly profiles?: string[];
  readonly stop_grace_period?: string;
}

describe('the container files', () => {
  const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;

  it('build both images by the same first stages, so that they are built once', () => {
    const [balancer, testServer] = DOCKERFILES.map(
      (name) => /^FROM .* AS manifests$[^]*^RUN .*nest build.*$/m.exec(read(name))?.[0],
    );
    expect(balancer).toBeDefined();
    expect(testServer).toBe(balancer);
  });

  it.each(DOCKERFILES)('%s says its version and what it is based on', (name) => {
    const text = read(name);
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(text).toContain(`org.opencontainers.image.version="${version}"`);
    const bases = [...text.matchAll(/^FROM (\S+:\S+)/gm)].map((match) => match[1]);
    expect(new Set(bases).size).toBe(1);
    expect(text).toContain(`org.opencontainers.image.base.name="docker.io/library/${bases[0]}"`);
  });

  it('balance the servers that are there, publish what the balancer listens on, and let it drain', async () => {
    const { config } = await loadConfigFile(path.join(ROOT, 'config/velocity.compose.yml'), {});
    const { balancer, mongodb, 'scaling-balancer': _, ...servers } = compose.services;
    const backends = config.services.flatMap((service) => service.backends);
    expect(new Set(backends.map(({ host }) => host))).toEqual(new Set(Object.keys(servers)));
    expect(new Set(backends.map(({ port }) => port))).toEqual(
      new Set([Number(/PORT=(\d+)/.exec(read(DOCKERFILES[1]!))?.[1])]),
    );
    expect(config.storage).toMatchObject({ initiate: { name: 'velocity', host: 'mongodb:27017' } });
    expect(mongodb).toBeDefined();
    const published = balancer!.ports!.map((text) => Number(text.split(':').at(-1)));
    expect(published).toEqual([config.listeners[0]!.port, config.admin.port]);
    expect(parseDuration(balancer!.stop_grace_period!)).toBeGreaterThan(config.shutdown.deadlineMs);
  });

  it('give the socket of the engine to no container but that of the profile, which scales with the names that are there', async () => {
    const scaling = compose.services['scaling-balancer']!;
    const withSocket = Object.entries(compose.services).filter(([, { volumes = [] }]) =>
      volumes.some((volume) => volume.includes('docker.sock')),
    );
    expect(withSocket.map(([name]) => name)).toEqual(['scaling-balancer']);
    expect(scaling.profiles).toEqual(['autoscaling']);
    const { config } = await loadConfigFile(path.join(ROOT, 'config/velocity.scaling.yml'), {});
    const published = scaling.ports!.map((text) => Number(text.split(':').at(-1)));
    expect(published).toEqual([config.listeners[0]!.port, config.admin.port]);
    expect(parseDuration(scaling.stop_grace_period!)).toBeGreaterThan(config.shutdown.deadlineMs);
    const source = config.services[0]!.scaling!.source;
    expect(source).toMatchObject({ image: compose.services['test-server-1']!.image, port: 8080 });
    const network = 'velocity-scaled';
    expect(source).toMatchObject({ network });
    expect(config.dockerDiscovery).toEqual({ network });
    expect(compose.networks['scaled']?.name).toBe(`\${VELOCITY_SCALED_NETWORK:-${network}}`);
  });
});
