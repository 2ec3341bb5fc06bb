import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AddressEntry, ConnectionCell } from '../../src/common/contract/index.js';
import { NO_POLICIES } from '../../src/common/contract/policies/index.js';
import { Blocklists } from '../../src/modules/proxy/index.js';
import { blockImage, type ImagedNetwork } from '../support/block-images.js';
import { LANES, type LaneKind, type LaneOptions, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';
import { problemIn, requestsTo } from '../support/raw-client.js';

const HOUR_MS = 3_600_000;
const HERE = '127.0.0.1';

afterEach(() => void vi.useRealTimers());

function entry(cidr: string, settings: Partial<AddressEntry> = {}): AddressEntry {
  return { cidr, note: '', expiresAt: 0, shadow: false, ...settings };
}

const request = (fields: readonly string[] = [], method = 'GET') => requestsTo('a')('/', fields, method);

const forwardedFor = (addresses: string) => request([`X-Forwarded-For: ${addresses}`]);

async function start(kind: LaneKind, options: LaneOptions) {
  const origin = await Origin.answering(OK);
  const lane = await startLane(kind, [origin], options);
  const status = async (bytes = request()) => (await lane.ask(bytes)).status;
  const closedAtAccept = () => lane.memory.memory.workers[0]!.connections[ConnectionCell.blockedRefusals];
  return { lane, origin, status, closedAtAccept };
}

/** A service with lists of its own. */
function listing(blocklist: readonly AddressEntry[], allowlist: readonly AddressEntry[] = []): LaneOptions {
  return { service: { policies: { ...NO_POLICIES, block: { blocklist, allowlist } } } };
}

describe.each(LANES)('lists of a service in lane %s', (kind) => {
  it('refuse who is blocked with 403, on a connection that goes on', async () => {
    const { lane, origin } = await start(kind, listing([entry('127.0.0.0/8')]));
    const client = await lane.connect();
    const refused = await client.ask(request());
    expect(refused.status).toBe(403);
    expect(problemIn(refused)).toMatchObject({ status: 403, reason: 'blocked', title: 'Forbidden' });
    const head = await client.ask(request([], 'HEAD'), 'HEAD');
    expect([head.status, head.body.length]).toEqual([403, 0]);
    client.close();
    expect(origin.requests).toHaveLength(0);
    expect(await lane.record()).toMatchObject({
      status: 403,
      dropReason: 'blocked',
      service: 'shop',
      client: HERE,
      backend: null,
      attempts: [],
    });
  });

  it('let through whom they allow, and nobody else', async () => {
    const options = listing(
      [entry('0.0.0.0/0'), entry('::/0')],
      [entry('192.0.2.0/24'), entry('2001:db8::/32')],
    );
    const { status } = await start(kind, { ...options, snapshot: { trustedProxies: [HERE] } });
    expect(await status(forwardedFor('192.0.2.7'))).toBe(200);
    expect(await status(forwardedFor('2001:db8::7'))).toBe(200);
    expect(await status(forwardedFor('::ffff:192.0.2.7'))).toBe(200);
    expect(await status(forwardedFor('192.0.3.7'))).toBe(403);
    expect(await status(forwardedFor('2001:db9::7'))).toBe(403);
  });

  it('only record what they would refuse, in shadow', async () => {
    const { lane, status } = await start(kind, listing([entry(HERE, { shadow: true })]));
    expect(await status()).toBe(200);
    expect(await lane.record()).toMatchObject({ status: 200, dropReason: null, shadowReason: 'blocked' });
  });

  it('refuse by a larger network when the smaller one is in shadow or has expired', async () => {
    const past = Date.now() - 1;
    const lists = [
      entry('127.0.0.0/8'),
      entry('127.0.0.0/24', { expiresAt: past }),
      entry(HERE, { shadow: true }),
    ];
    const { lane, status } = await start(kind, listing(lists));
    expect(await status()).toBe(403);
    expect(await lane.record()).toMatchObject({ dropReason: 'blocked', shadowReason: null });
  });

  it('forget an entry when it expires, and a clock that jumps is wrong only while it is', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const now = Date.now();
    const { lane } = await start(kind, listing([entry(HERE, { expiresAt: now + HOUR_MS })]));
    const client = await lane.connect();
    const statusAt = async (time: number) => {
      vi.setSystemTime(time);
      return (await client.ask(request())).status;
    };
    expect(await statusAt(now)).toBe(403);
    expect(await statusAt(now + HOUR_MS - 1)).toBe(403);
    expect(await statusAt(now + HOUR_MS)).toBe(200);
    expect(await statusAt(now - 1_000 * HOUR_MS)).toBe(403);
    expect(await statusAt(now + 1_000 * HOUR_MS)).toBe(200);
    expect(await statusAt(now)).toBe(403);
    client.close();
  });

  it('go by the peer whatever it says of itself', async () => {
    const { lane, status } = await start(kind, listing([entry('192.0.2.0/24')], [entry('198.51.100.1')]));
    expect(await status(forwardedFor('192.0.2.7'))).toBe(200);
    const named = request(['X-Real-IP: 192.0.2.7', 'Forwarded: for=192.0.2.7', 'X-Client-IP: 192.0.2.7']);
    expect(await status(named)).toBe(200);
    expect((await lane.record(1)).client).toBe(HERE);
    const other = await start(kind, listing([entry(HERE)], [entry('198.51.100.1')]));
    expect(await other.status(forwardedFor('198.51.100.1'))).toBe(403);
    expect(await other.status(request(['X-Real-IP: 198.51.100.1']))).toBe(403);
  });

  it('go by the first address behind trusted proxies, not by what stands further left', async () => {
    const trusted = { trustedProxies: [HERE, '10.0.0.0/8'] };
    const lists = listing([entry('192.0.2.0/24')], [entry('198.51.100.1')]);
    const { status } = await start(kind, { ...lists, snapshot: trusted });
    expect(await status(forwardedFor('198.51.100.1, 192.0.2.7, 10.0.0.1'))).toBe(403);
    expect(await status(forwardedFor('192.0.2.7, 203.0.113.9, 10.0.0.1'))).toBe(200);
    expect(await status(forwardedFor('192.0.2.7:4711'))).toBe(403);
    expect(await status(forwardedFor('[::ffff:192.0.2.7]:4711'))).toBe(403);
    const twoFields = request(['X-Forwarded-For: 198.51.100.1', 'X-Forwarded-For: 192.0.2.7']);
    expect(await status(twoFields)).toBe(403);
  });
});

describe.each(LANES)('lists of all services in lane %s', (kind) => {
  const listed = (...networks: readonly (string | ImagedNetwork)[]) =>
    new Blocklists({ lists: blockImage(...networks), bans: null });

  it('close the connection of a blocked peer before it says anything', async () => {
    const { lane, closedAtAccept } = await start(kind, { blocklists: listed('127.0.0.0/8') });
    for (let count = 0; count < 3; count++) {
      const client = await lane.connect();
      await client.stream.closed;
      expect(client.stream.text).toBe('');
    }
    expect(closedAtAccept()).toBe(3);
    expect(lane.memory.memory.workers[0]!.connections[ConnectionCell.open]).toBe(0);
    expect(lane.totals.received).toBe(0);
  });

  it('let through whom they allow, whatever blocks or bans it', async () => {
    const lists = blockImage('127.0.0.0/8', { cidr: HERE, effect: 'allowed' });
    const blocklists = new Blocklists({ lists, bans: blockImage(HERE) });
    const { status, closedAtAccept } = await start(kind, { ...listing([entry(HERE)]), blocklists });
    expect(await status()).toBe(200);
    expect(closedAtAccept()).toBe(0);
  });

  it('do not close a peer that some service lets through: it is refused where it asks for another', async () => {
    const blocklists = listed('127.0.0.0/8', { cidr: HERE, effect: 'spared' });
    const spared = await start(kind, { ...listing([], [entry(HERE)]), blocklists });
    expect(await spared.status()).toBe(200);
    const other = await start(kind, { blocklists });
    expect(await other.status()).toBe(403);
    expect([spared.closedAtAccept(), other.closedAtAccept()]).toEqual([0, 0]);
  });

  it('never close a trusted proxy, and refuse its clients', async () => {
    const snapshot = { trustedProxies: [HERE] };
    const { status, closedAtAccept } = await start(kind, {
      blocklists: listed('127.0.0.0/8', '192.0.2.7'),
      snapshot,
    });
    expect(await status(forwardedFor('192.0.2.7'))).toBe(403);
    expect(await status(forwardedFor('192.0.2.8'))).toBe(200);
    expect(closedAtAccept()).toBe(0);
  });

  it('know an IPv4 peer that comes in over a socket for both families', async () => {
    const listener = { host: '::' };
    const blocklists = () => listed('127.0.0.0/8', '::/0');
    const { closedAtAccept, lane } = await start(kind, { blocklists: blocklists(), listener });
    const client = await lane.connect();
    await client.stream.closed;
    expect(closedAtAccept()).toBe(1);
    const snapshot = { trustedProxies: [HERE] };
    const trusting = await start(kind, { blocklists: blocklists(), listener, snapshot });
    expect(await trusting.status(forwardedFor('2001:db8::1'))).toBe(403);
    expect(await trusting.status(forwardedFor('192.0.2.1'))).toBe(200);
    expect(trusting.closedAtAccept()).toBe(0);
  });

  it('close nobody in shadow, nor by what has expired', async () => {
    const shadow = { cidr: HERE, effect: 'shadow' } as const;
    const expired = { cidr: '127.0.0.0/8', expiresAt: Date.now() - 1 };
    const { lane, status } = await start(kind, { blocklists: listed(shadow, expired) });
    expect(await status()).toBe(200);
    expect(await lane.record()).toMatchObject({ dropReason: null, shadowReason: 'blocked' });
  });

  it('work from one request to the next when they change', async () => {
    const { lane } = await start(kind, {});
    const client = await lane.connect();
    const status = async () => (await client.ask(request())).status;
    expect(await status()).toBe(200);
    lane.blocklists.swap('bans', blockImage(HERE));
    expect(await status()).toBe(403);
    lane.blocklists.swap('lists', blockImage({ cidr: HERE, effect: 'allowed' }));
    expect(await status()).toBe(200);
    lane.blocklists.swap('lists', null);
    expect(await status()).toBe(403);
    lane.blocklists.swap('bans', null);
    expect(await status()).toBe(200);
    client.close();
  });
});
