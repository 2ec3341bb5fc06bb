import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { BanRuleSettings } from '../../common/contract/index.js';
import { VelocityError } from '../../common/errors/index.js';
import type { AuditEntry } from '../logging/index.js';
import { banId, isLive, type StoredBan } from './ban.js';
import type { BanOrder } from './ban.service.js';
import { OffenceJudge } from './offence.judge.js';
import type { Network } from './network.js';

const HOUR = 3_600_000;
const RULE: BanRuleSettings = {
  name: 'scans',
  statuses: [[404, 404]],
  reasons: [],
  count: 20,
  windowMs: 60_000,
  durationMs: 10 * 60_000,
  shadow: false,
};

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A judge over bans that are kept here. */
class Court {
  readonly bans = new Map<string, StoredBan>();
  readonly audited: AuditEntry[] = [];
  readonly logged: string[] = [];
  isFull = false;
  private readonly judge = new OffenceJudge({
    bans: {
      banByRule: (order) => this.take(order),
      history: ({ text }) => this.bans.get(text),
      covering: (network) => this.covering(network),
    },
    registry: {
      current: () => ({
        state: { trustedProxies: ['10.0.0.0/8', '2001:db8:1::7'], allowlist: ['192.0.2.0/28'] },
      }),
    },
    audit: { record: (entry) => void this.audited.push(entry) },
    log: {
      info: (_: object, text: string) => void this.logged.push(text),
      warn: (_: object, text: string) => void this.logged.push(text),
      error: (_: object, text: string) => void this.logged.push(text),
    } as never,
  });

  offend(client: string, rule: Partial<BanRuleSettings> = {}): void {
    this.judge.judge({ kind: 'offence', rule: { ...RULE, ...rule }, client, last: '404', service: 'shop' });
  }

  /** For how long a network is banned from now on; 0: not at all. */
  lengthOf(cidr: string): number {
    return Math.max(0, (this.bans.get(cidr)?.expiresAt ?? 0) - Date.now());
  }

  private take({ network, ...order }: BanOrder) {
    if (this.isFull) throw new VelocityError('CAPACITY_EXCEEDED', 'Full.');
    const cidr = network.text;
    const ban = { ...order, id: banId(cidr), cidr, isLifted: false };
    this.bans.set(cidr, ban);
    return { ...ban, isStored: false };
  }

  private covering(network: Network) {
    const texts = [...network.enclosing()].map(({ text }) => text);
    return [...this.bans.values()]
      .filter((ban) => texts.includes(ban.cidr) && isLive(ban, Date.now()))
      .map((ban) => ({ ...ban, isStored: true }));
  }
}

it('bans a client for the time of the rule, and says so in the log and the audit log', () => {
  const court = new Court();
  court.offend('203.0.113.7');
  expect(court.bans.get('203.0.113.7')).toMatchObject({
    origin: 'rule',
    rule: 'scans',
    note: '20 times 404 within 1m, the last at shop',
    offences: 1,
  });
  expect(court.lengthOf('203.0.113.7')).toBe(10 * 60_000);
  expect(court.logged).toEqual(['banned: 203.0.113.7']);
  expect(court.audited).toMatchObject([
    { actor: 'rule scans', action: 'ban', resource: '/api/v1/bans/203.0.113.7', outcome: 'done' },
  ]);
});

it('bans the network of 64 bits around an IPv6 client', () => {
  const court = new Court();
  court.offend('2001:db8:5:6:7::8');
  expect([...court.bans.keys()]).toEqual(['2001:db8:5:6::/64']);
});

it('doubles the time for who offends again, up to a day, and forgets it where the ban was lifted', () => {
  const court = new Court();
  const lengths: number[] = [];
  for (let offence = 0; offence < 10; offence++) {
    court.offend('203.0.113.7');
    lengths.push(court.lengthOf('203.0.113.7') / 60_000);
    vi.advanceTimersByTime(court.lengthOf('203.0.113.7'));
  }
  expect(lengths).toEqual([10, 20, 40, 80, 160, 320, 640, 1_280, 1_440, 1_440]);
  const ban = court.bans.get('203.0.113.7')!;
  court.bans.set(ban.cidr, { ...ban, isLifted: true, offences: 0 });
  court.offend('203.0.113.7');
  expect(court.lengthOf('203.0.113.7')).toBe(10 * 60_000);
});

it('never shortens what a rule asks for', () => {
  const court = new Court();
  court.offend('203.0.113.7', { durationMs: 48 * HOUR });
  expect(court.lengthOf('203.0.113.7')).toBe(48 * HOUR);
});

it('bans once for one offence: what ran when the ban began is no other one', () => {
  const court = new Court();
  court.offend('203.0.113.7');
  court.offend('203.0.113.7', { name: 'other' });
  expect(court.logged).toHaveLength(1);
  expect(court.bans.get('203.0.113.7')).toMatchObject({ offences: 1, rule: 'scans' });
});

it('bans in shadow, which an enforced rule goes over, beginning with its own first time', () => {
  const court = new Court();
  court.offend('203.0.113.7', { shadow: true });
  court.offend('203.0.113.7', { shadow: true });
  expect(court.logged).toEqual(['would be banned: 203.0.113.7']);
  court.offend('203.0.113.7');
  expect(court.bans.get('203.0.113.7')).toMatchObject({ shadow: false, offences: 1 });
});

it.each([
  ['127.0.0.1', 'holds addresses of this machine'],
  ['::1', 'holds addresses of this machine'],
  ['10.2.3.4', 'the trusted proxy 10.0.0.0/8'],
  ['2001:db8:1:0:9::1', 'the trusted proxy 2001:db8:1::7'],
  ['192.0.2.3', 'is in the allowlist (192.0.2.0/28)'],
])('never bans %s, and says why', (client, reason) => {
  const court = new Court();
  court.offend(client);
  expect(court.bans.size).toBe(0);
  expect(court.logged).toEqual([expect.stringContaining(reason)]);
});

it('complains once a minute when no more bans fit', () => {
  const court = new Court();
  court.isFull = true;
  for (let client = 1; client < 9; client++) court.offend(`203.0.113.${client}`);
  expect(court.logged).toEqual(['not banned: Full.']);
  expect(court.audited.map(({ code }) => code)).toEqual(Array(8).fill('CAPACITY_EXCEEDED'));
  vi.advanceTimersByTime(60_000);
  court.offend('203.0.113.9');
  expect(court.logged).toHaveLength(2);
});
