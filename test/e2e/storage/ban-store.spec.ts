import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Ban } from '../../../src/common/contract/index.js';
import { BanService, ENDED_KEPT_MS, type NewBans, type StoredBan } from '../../../src/modules/bans/index.js';
import { keep } from '../../support/keep.js';
import {
  createStores,
  mongodbStorage,
  openStores,
  sqliteStorage,
  type Stores,
} from '../../support/stores.js';

const kinds = [await sqliteStorage(), await mongodbStorage()];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));

const HOUR = 3_600_000;
const SOON = { timeout: 20_000, interval: 50 };

function ban(cidr: string, more: Partial<StoredBan> = {}): StoredBan {
  return {
    id: cidr.replace('/', '_'),
    cidr,
    note: 'scans for logins',
    author: 'jane',
    origin: 'api',
    rule: '',
    createdAt: Date.now(),
    expiresAt: Date.now() + HOUR,
    shadow: false,
    offences: 0,
    isLifted: false,
    ...more,
  };
}

/** A service as a balancer has it, and the bans that its data plane got last. */
function serviceOn(stores: Stores) {
  const received: { bans: readonly Ban[] } = { bans: [] };
  const receiver = { useBans: (bans: readonly Ban[]) => void (received.bans = bans) };
  const registry = { current: () => ({ state: { trustedProxies: ['10.1.0.0/16'] } }) };
  const service = new BanService(stores.bans, stores.connection, receiver, registry as never);
  service.start();
  keep({ close: () => service.stop() });
  return { service, received };
}

function order(network: string, more: Partial<NewBans> = {}): NewBans {
  const expiresAt = Date.now() + HOUR;
  return { networks: [network], note: '', author: 'jane', shadow: false, expiresAt, force: false, ...more };
}

const cidrs = (bans: readonly { readonly cidr: string }[]) => bans.map(({ cidr }) => cidr).toSorted();

describe.each(kinds.filter((kind) => kind.available))('bans on $name', (kind) => {
  it('come back as they were stored', async () => {
    const { bans } = keep(await openStores(kind.fresh()));
    const stored = [
      ban('192.0.2.7'),
      ban('2001:db8::/64', { expiresAt: null, shadow: true, origin: 'rule', rule: `c'"$;--`, offences: 3 }),
      ban('198.51.100.0/24', { note: '$note', author: '$$ROOT' }),
    ];
    await bans.put(stored, Date.now());
    const read = await bans.read(null);
    expect(read.bans.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([stored[0], stored[2], stored[1]]);
  });

  it('grow longer and stricter, never shorter or milder, in whatever order they are stored', async () => {
    const { bans } = keep(await openStores(kind.fresh()));
    const now = Date.now();
    const put = async (one: StoredBan) => {
      await bans.put([one], now);
      return (await bans.read(null)).bans[0];
    };
    const first = ban('192.0.2.7', { expiresAt: now + HOUR, createdAt: now, shadow: true, note: 'first' });
    expect(await put(first)).toEqual(first);
    const longer = { ...first, expiresAt: now + 2 * HOUR, note: 'longer', author: 'joe', createdAt: now + 1 };
    expect(await put(longer)).toEqual({ ...longer, createdAt: now });
    const shorter = { ...first, expiresAt: now + 1, note: 'shorter' };
    expect(await put(shorter)).toEqual({ ...shorter, expiresAt: now + 2 * HOUR });
    const byRule = { ...first, origin: 'rule', rule: 'scans', offences: 1, note: '20 times' } as const;
    expect(await put(byRule)).toMatchObject({ note: 'shorter', origin: 'api', rule: '', offences: 0 });
    const enforced = { ...byRule, shadow: false, expiresAt: now + 5 };
    expect(await put(enforced)).toEqual(enforced);
    expect(await put(first)).toEqual(enforced);
    const forEver = { ...enforced, expiresAt: null };
    expect(await put(forEver)).toEqual(forEver);
    expect(await put(enforced)).toEqual(forEver);
  });

  it('begin anew after they have ended or were lifted', async () => {
    const { bans } = keep(await openStores(kind.fresh()));
    const now = Date.now();
    const [over, lifted] = [ban('192.0.2.1', { expiresAt: now - 1 }), ban('192.0.2.2', { expiresAt: null })];
    await bans.put([over, lifted], now);
    await bans.lift([lifted.id, over.id, 'unknown'], now);
    const read = async (id: string) => (await bans.read(null)).bans.find((one) => one.id === id);
    expect(await read(lifted.id)).toEqual({ ...lifted, expiresAt: now, isLifted: true });
    expect(await read(over.id)).toEqual(over);
    const next = [
      ban('192.0.2.1', { expiresAt: now + 1 }),
      ban('192.0.2.2', { expiresAt: now + 2, shadow: true }),
    ];
    await bans.put(next, now);
    expect([await read(over.id), await read(lifted.id)]).toEqual(next);
  });

  it('are found by what changed since a reading', async () => {
    const place = kind.fresh();
    const [here, there] = [keep(await openStores(place)).bans, keep(await openStores(place)).bans];
    await here.put([ban('192.0.2.1'), ban('192.0.2.2')], Date.now());
    const { mark } = await there.read(null);
    await here.put([ban('192.0.2.3')], Date.now());
    await here.lift(['192.0.2.1'], Date.now());
    const { bans } = await there.read(mark);
    expect(cidrs(bans)).toEqual(expect.arrayContaining(['192.0.2.1', '192.0.2.3']));
    expect(bans.find(({ id }) => id === '192.0.2.1')).toMatchObject({ isLifted: true });
  });

  it('that many put at once all stand, and the longest wins', async () => {
    const place = kind.fresh();
    const stores = [keep(await openStores(place)), keep(await openStores(place))];
    const now = Date.now();
    const ends = Array.from({ length: 40 }, (_, index) => now + HOUR + index);
    await Promise.all(
      ends.map((expiresAt, index) => stores[index % 2]!.bans.put([ban('192.0.2.9', { expiresAt })], now)),
    );
    const { bans } = await stores[0]!.bans.read(null);
    expect(bans.map(({ expiresAt }) => expiresAt)).toEqual([now + HOUR + 39]);
  });

  it('are unavailable when the store is away', async () => {
    const stores = keep(await openStores(kind.fresh()));
    await stores.connection.close();
    const away = expect.objectContaining({ code: 'STORE_UNAVAILABLE' });
    await expect(stores.bans.read(null)).rejects.toEqual(away);
    await expect(stores.bans.put([ban('192.0.2.1')], 0)).rejects.toEqual(away);
    await expect(stores.bans.lift(['192.0.2.1'], 0)).rejects.toEqual(away);
  });

  it('that one balancer makes and lifts apply at another one within two seconds', async () => {
    const place = kind.fresh();
    const here = serviceOn(keep(await openStores(place)));
    const there = serviceOn(keep(await openStores(place)));
    const [made] = await here.service.ban(order('::ffff:203.0.113.0/120', { note: 'why' }));
    expect(made).toMatchObject({ id: '203.0.113.0_24', cidr: '203.0.113.0/24', isStored: true });
    expect(cidrs(here.received.bans)).toEqual(['203.0.113.0/24']);
    await vi.waitFor(() => expect(there.received.bans).toEqual(here.received.bans), SOON);
    expect(there.service.get('203.0.113.0_24')).toMatchObject({ note: 'why', author: 'jane' });
    await there.service.liftNetwork('203.0.113.0/24');
    expect(there.received.bans).toEqual([]);
    await vi.waitFor(() => expect(here.received.bans).toEqual([]), SOON);
    await expect(here.service.lift('203.0.113.0_24')).rejects.toMatchObject({ code: 'BAN_NOT_FOUND' });
  });

  it('apply while the store is away, and are stored when it is there', async () => {
    const place = kind.fresh();
    const other = keep(await openStores(place));
    await other.bans.put([ban('192.0.2.1'), ban('192.0.2.2')], Date.now());
    const stores = keep(await createStores(place));
    const { service, received } = serviceOn(stores);
    const [made] = await service.ban(order('192.0.2.3'));
    expect(made).toMatchObject({ isStored: false });
    expect(cidrs(received.bans)).toEqual(['192.0.2.3']);
    await service.lift('192.0.2.3');
    await service.ban(order('192.0.2.2', { expiresAt: null }));
    expect(service.stats()).toEqual({ live: 1, pending: 3 });
    await stores.connection.open();
    await vi.waitFor(() => expect(service.stats()).toEqual({ live: 2, pending: 0 }), SOON);
    expect(service.get('192.0.2.2')).toMatchObject({ expiresAt: null, isStored: true });
    await vi.waitFor(() => expect(cidrs(received.bans)).toEqual(['192.0.2.1', '192.0.2.2']), SOON);
    const { bans } = await other.bans.read(null);
    expect(bans.find(({ id }) => id === '192.0.2.3')).toMatchObject({ isLifted: true });
  });
});

it('are at most 100,000, and the next one is told so', async () => {
  const stores = keep(await openStores(kinds[0]!.fresh()));
  const { service, received } = serviceOn(stores);
  const networks = (from: number, count: number) =>
    Array.from(
      { length: count },
      (_, index) => `100.${(from + index) >> 16}.${((from + index) >> 8) & 255}.${(from + index) & 255}`,
    );
  for (let from = 0; from < 100_000; from += 10_000) {
    await service.ban(order('', { networks: networks(from, 10_000) }));
  }
  await vi.waitFor(() => expect(received.bans).toHaveLength(100_000), SOON);
  await expect(service.ban(order('192.0.2.1'))).rejects.toMatchObject({
    code: 'CAPACITY_EXCEEDED',
    message: expect.stringContaining('100,000'),
  });
  // One that is there already is only made longer.
  expect(await service.ban(order('100.0.0.1', { expiresAt: null }))).toMatchObject([{ expiresAt: null }]);
  expect((await stores.bans.read(null)).bans).toHaveLength(100_000);
}, 120_000);
it('forget what ended long ago', async () => {
  const { bans } = keep(await openStores(kinds[0]!.fresh()));
  const now = Date.now();
  await bans.put([ban('192.0.2.1', { expiresAt: now - 2 }), ban('192.0.2.2', { expiresAt: null })], now);
  await bans.forget(now - 2 - ENDED_KEPT_MS);
  expect(cidrs((await bans.read(null)).bans)).toEqual(['192.0.2.1', '192.0.2.2']);
  await bans.forget(now - 1);
  expect(cidrs((await bans.read(null)).bans)).toEqual(['192.0.2.2']);
});

it.each([
  ['192.0.2.7/24', 'CONFIG_INVALID', 'write 192.0.2.0/24, or 192.0.2.7 for the one address'],
  ['nonsense', 'CONFIG_INVALID', 'is no address or CIDR block'],
  ['10.0.0.0/33', 'CONFIG_INVALID', 'no valid prefix length'],
  ['0.0.0.0/0', 'BAN_REFUSED', '0.0.0.0/0 is everybody'],
  ['::/0', 'BAN_REFUSED', '::/0 is everybody'],
  ['64.0.0.0/2', 'BAN_REFUSED', 'wider than /8'],
  ['127.0.0.1', 'BAN_REFUSED', 'holds addresses of this machine'],
  ['::1', 'BAN_REFUSED', 'holds addresses of this machine'],
  ['::ffff:127.0.0.1', 'BAN_REFUSED', 'holds addresses of this machine'],
  ['10.1.2.3', 'BAN_REFUSED', 'the trusted proxy 10.1.0.0/16'],
  ['10.0.0.0/8', 'BAN_REFUSED', 'the trusted proxy 10.1.0.0/16'],
])('a ban of %s is refused', async (network, code, message) => {
  const { service, received } = serviceOn(keep(await openStores(kinds[0]!.fresh())));
  await expect(service.ban(order(network))).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
  expect(received.bans).toEqual([]);
  if (code === 'BAN_REFUSED') expect(await service.ban(order(network, { force: true }))).toHaveLength(1);
});
