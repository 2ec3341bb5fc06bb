import { afterEach, expect, it } from 'vitest';
import { DnsServer } from '../../../../test/support/dns-server.js';
import { eventually } from '../../../../test/support/eventually.js';
import type { DnsSourceConfig } from '../../../common/config/index.js';
import type { Findings } from '../found.js';
import { DnsClient } from './dns.client.js';
import { weightsOf } from './dns.lookup.js';
import { DnsSource } from './dns.source.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** A source that asks a name server of its own. */
class Watched {
  readonly seen: Findings[] = [];

  private constructor(
    readonly server: DnsServer,
    readonly source: DnsSource,
  ) {}

  static async make(settings: Partial<DnsSourceConfig> = {}, prepare?: (server: DnsServer) => void) {
    const server = await DnsServer.start();
    prepare?.(server);
    const config: DnsSourceConfig = {
      type: 'dns',
      name: 'shop.internal',
      record: 'address',
      port: 8080,
      scheme: 'http',
      minIntervalMs: 100,
      maxIntervalMs: 60_000,
      servers: [server.address],
      ...settings,
    };
    const source = new DnsSource({ config, service: 'shop', asker: new DnsClient(config.servers, 200) });
    const watched = new Watched(server, source);
    open.push(server, { close: () => source.stop() });
    source.start((findings) => watched.seen.push(findings));
    return watched;
  }

  get urls(): readonly string[] | undefined {
    return this.seen.at(-1)?.backends.map(({ backend }) => backend.url);
  }

  async shows(...urls: string[]): Promise<void> {
    await eventually(async () => expect(this.urls).toEqual(urls));
  }
}

it('finds addresses of both families and looks again when their time is over', async () => {
  const { server, ...watched } = await prepared();
  await watched.shows('http://10.0.0.1:8080', 'http://[2001:db8::7]:8080');
  expect(watched.places()).toEqual(['A record of shop.internal', 'AAAA record of shop.internal']);
  server.addresses('shop.internal', ['10.0.0.1', '10.0.0.2']);
  await watched.shows('http://10.0.0.1:8080', 'http://10.0.0.2:8080', 'http://[2001:db8::7]:8080');
  server.addresses('shop.internal', ['10.0.0.2'], 3_600);
  await watched.shows('http://10.0.0.2:8080', 'http://[2001:db8::7]:8080');
  expect(watched.problem()).toBe('');
});

async function prepared() {
  const watched = await Watched.make({}, (zone) => {
    zone.addresses('shop.internal', ['10.0.0.1']);
    zone.set('AAAA', 'shop.internal', [{ type: 'AAAA', name: 'shop.internal', ttl: 0, data: '2001:db8::7' }]);
  });
  return {
    server: watched.server,
    shows: (...urls: string[]) => watched.shows(...urls),
    places: () => watched.seen.at(-1)!.backends.map(({ place }) => place),
    problem: () => watched.source.problem(),
  };
}

it('asks no sooner than the time to live says', async () => {
  const watched = await Watched.make({}, (zone) => {
    zone.addresses('shop.internal', ['10.0.0.1'], 3_600);
    zone.set('AAAA', 'shop.internal', [
      { type: 'AAAA', name: 'shop.internal', ttl: 3_600, data: '2001:db8::7' },
    ]);
  });
  await watched.shows('http://10.0.0.1:8080', 'http://[2001:db8::7]:8080');
  const other = await Watched.make({ maxIntervalMs: 100 }, (zone) =>
    zone.addresses('shop.internal', ['10.0.0.1'], 3_600),
  );
  // Meanwhile the one with the shorter bound asks several times.
  await other.server.askedAgain('A shop.internal', 3);
  expect(watched.server.asked.filter((one) => one === 'A shop.internal')).toHaveLength(1);
});

it('takes weight, port and rank from SRV records', async () => {
  const name = '_http._tcp.shop.internal';
  const watched = await Watched.make({ name, record: 'srv', port: 0, scheme: 'https' }, (zone) => {
    zone.services(name, [
      { priority: 10, weight: 60, port: 8443, target: 'a.internal' },
      { priority: 10, weight: 0, port: 8444, target: 'a.internal' },
      { priority: 20, weight: 5, port: 8443, target: 'b.internal' },
      { priority: 10, weight: 5, port: 8443, target: 'gone.internal' },
    ]);
    zone.addresses('a.internal', ['10.0.0.1'], 600);
    zone.addresses('b.internal', ['10.0.0.2'], 600);
    zone.set('AAAA', 'b.internal', 'servfail');
  });
  const found = (url: string, settings: object, target: string) => {
    return { service: 'shop', backend: { url, ...settings }, place: `SRV record of ${name}, ${target}` };
  };
  await eventually(async () =>
    expect(watched.seen.at(-1)?.backends).toEqual([
      found('https://10.0.0.1:8443', { weight: 60 }, 'a.internal'),
      found('https://10.0.0.1:8444', { weight: 1 }, 'a.internal'),
      found('https://10.0.0.2:8443', { weight: 5, backup: true }, 'b.internal'),
    ]),
  );
  watched.server.services(name, [{ priority: 1, weight: 1, port: 9000, target: 'b.internal' }]);
  await watched.shows('https://10.0.0.2:9000');
});

it('scales weights that are too large for ours', () => {
  expect(weightsOf([{ weight: 65_535 }, { weight: 32_768 }, { weight: 0 }])).toEqual([1_000, 500, 1]);
  expect(weightsOf([{ weight: 0 }, { weight: 0 }])).toEqual([1, 1]);
});

it.each(['servfail', 'silent'] as const)(
  'keeps what it has while the server is %s, and says so',
  async (failure) => {
    const watched = await Watched.make({ minIntervalMs: 100, maxIntervalMs: 300 }, (zone) =>
      zone.addresses('shop.internal', ['10.0.0.1']),
    );
    await watched.shows('http://10.0.0.1:8080');
    watched.server.set('A', 'shop.internal', failure);
    await eventually(async () => expect(watched.source.problem()).toContain('cannot be resolved'));
    await watched.server.askedAgain('A shop.internal', 3);
    expect(watched.urls).toEqual(['http://10.0.0.1:8080']);
    watched.server.addresses('shop.internal', ['10.0.0.2']);
    await watched.shows('http://10.0.0.2:8080');
    await eventually(async () => expect(watched.source.problem()).toBe(''));
  },
);

it('believes that there is nothing when two answers in a row say so', async () => {
  const watched = await Watched.make({}, (zone) => zone.addresses('shop.internal', ['10.0.0.1']));
  await watched.shows('http://10.0.0.1:8080');
  const before = watched.seen.length;
  watched.server.set('A', 'shop.internal', 'nxdomain');
  await watched.server.askedAgain('A shop.internal');
  watched.server.addresses('shop.internal', ['10.0.0.1']);
  await watched.server.askedAgain('A shop.internal', 2);
  expect(watched.seen.slice(before).every(({ backends }) => backends.length === 1)).toBe(true);
  watched.server.set('A', 'shop.internal', 'nxdomain');
  watched.server.set('AAAA', 'shop.internal', 'nxdomain');
  await watched.shows();
  expect(watched.source.problem()).toBe('shop.internal does not exist');
});

it('says nothing at all before the first answer', async () => {
  const watched = await Watched.make({ maxIntervalMs: 200 }, (zone) => {
    zone.set('A', 'shop.internal', 'servfail');
    zone.set('AAAA', 'shop.internal', []);
  });
  await watched.server.askedAgain('A shop.internal', 3);
  expect(watched.seen).toEqual([]);
  expect(watched.source.problem()).toContain('SERVFAIL');
});
