import { describe, expect, it } from 'vitest';
import {
  backendSnapshot,
  BalancerFixture,
  serviceSnapshot,
  snapshotOf,
  TestContext,
} from '../../../../test/support/balancer.fixture.js';
import { shapedBy } from '../../../../test/support/shaping.js';
import type { AlgorithmName, SplitSettings } from '../../../common/contract/index.js';
import { Balancer } from '../balancer.js';
import { cookieValue } from './cookie.value.js';

const SLOTS = [0, 1, 2, 3];

/** Two backends in `stable`, one in `canary`, one in `spare`. */
function splitService(settings: Partial<SplitSettings> = {}, algorithm: AlgorithmName = 'round-robin') {
  const split: SplitSettings = {
    groups: [
      { name: 'stable', share: 7, backends: ['backend-0', 'backend-1'] },
      { name: 'canary', share: 3, backends: ['backend-2'] },
      { name: 'spare', share: 0, backends: ['backend-3'] },
    ],
    header: 'x-group',
    cookie: 'group',
    sticky: false,
    ...settings,
  };
  const snapshot = serviceSnapshot({
    backends: SLOTS.map((slot) => backendSnapshot(slot)),
    algorithm: { name: algorithm, header: '', cookie: 'lb', boundedLoad: 0 },
    policies: shapedBy({ split }),
  });
  const fixture = new BalancerFixture([snapshot], 2);
  const balancers = [0, 1].map((worker) => {
    const balancer = new Balancer(fixture.memory, worker);
    balancer.use(snapshotOf([snapshot]));
    return balancer;
  });
  return { fixture, balancers, take: takerOf(balancers[0]!), takeBeside: takerOf(balancers[1]!) };
}

function takerOf(balancer: Balancer) {
  const service = balancer.route('any', '/')!;
  return (context: TestContext = new TestContext()) => {
    const backend = balancer.pick(service, context);
    if (backend !== null) balancer.release(service, backend);
    return { slot: backend === null ? -1 : backend.snapshot.slot, backend, context };
  };
}

function countsOf(slots: readonly number[]): number[] {
  return SLOTS.map((slot) => slots.filter((each) => each === slot).length);
}

describe('a split service', () => {
  it.each(['round-robin', 'weighted-round-robin', 'least-connections'] as const)(
    'gives each group its exact share over both workers, and each backend of a group its own, by %s',
    (algorithm) => {
      const { take, takeBeside } = splitService({}, algorithm);
      const slots = Array.from(
        { length: 10_000 },
        (_, index) => (index % 3 === 0 ? takeBeside() : take()).slot,
      );
      const counts = countsOf(slots);
      expect([counts[0]! + counts[1]!, counts[2], counts[3]]).toEqual([7_000, 3_000, 0]);
      expect(Math.abs(counts[0]! - counts[1]!)).toBeLessThanOrEqual(1);
    },
  );

  it('never lets a group run ahead of its share by a whole exchange', () => {
    const { take } = splitService();
    let canary = 0;
    for (let index = 1; index <= 100; index++) {
      if (take().context.group === 'canary') canary++;
      expect(Math.abs(canary - index * 0.3)).toBeLessThan(1);
    }
  });

  it('gives who asks by header or cookie the group, also one without a share, and the header comes first', () => {
    const { take } = splitService();
    const groupFor = (headers: Record<string, string>) => take(new TestContext(headers)).context.group;
    for (let round = 0; round < 5; round++) {
      expect(groupFor({ 'x-group': 'canary' })).toBe('canary');
      expect(groupFor({ cookie: 'a=b; group="spare"' })).toBe('spare');
      expect(groupFor({ 'x-group': 'stable', cookie: 'group=spare' })).toBe('stable');
    }
    const others = Array.from({ length: 10 }, () =>
      groupFor({ 'x-group': 'nonsense', cookie: 'group=toString' }),
    );
    expect(others.filter((group) => group === 'canary')).toHaveLength(3);
  });

  it('passes a group without an available backend over, but never falls back on one without a share', () => {
    const { fixture, take } = splitService();
    fixture.states.setHealth(2, 0, 'unhealthy');
    expect(countsOf(Array.from({ length: 100 }, () => take().slot))).toEqual([50, 50, 0, 0]);
    expect(take(new TestContext({ 'x-group': 'canary' })).context.group).toBe('stable');
    fixture.states.setHealth(0, 0, 'unhealthy');
    fixture.states.setHealth(1, 0, 'unhealthy');
    expect(take().slot).toBe(-1);
    expect(take(new TestContext({ 'x-group': 'spare' })).slot).toBe(3);
    fixture.states.setHealth(2, 0, 'healthy');
    expect(take().slot).toBe(2);
  });

  it('tries the group’s other backends again first, then those of another group', () => {
    const { take } = splitService();
    const context = new TestContext({ 'x-group': 'stable' });
    const groups: string[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      context.tried.push(take(context).backend!);
      groups.push(context.group);
    }
    expect(groups).toEqual(['stable', 'stable', 'canary']);
    expect(new Set(context.tried).size).toBe(3);
  });

  it('gives a cookie to whom it shared out, and to nobody else', () => {
    const { fixture, take } = splitService({ sticky: true });
    const first = take();
    expect(first.context.groupCookie).toBe(`group=${first.context.group}; Path=/; HttpOnly; SameSite=Lax`);
    expect(take(new TestContext({ 'x-group': 'canary' })).context.groupCookie).toBe('');
    expect(take(new TestContext({ cookie: 'group=canary' })).context.groupCookie).toBe('');
    fixture.states.setHealth(2, 0, 'unhealthy');
    const displaced = take(new TestContext({ cookie: 'group=canary' })).context;
    expect([displaced.group, displaced.groupCookie]).toEqual(['stable', '']);
    expect(splitService().take().context.groupCookie).toBe('');
  });
});

it.each([
  ['a=1', 'a', '1'],
  [' b=2;a = 1 ; c', 'a', '1'],
  ['aa=2; a=1; a=3', 'a', '1'],
  ['a="1"', 'a', '1'],
  ['a=', 'a', ''],
  ['a', 'a', undefined],
  ['b=a=1', 'a', undefined],
  [';;=', 'a', undefined],
  ['', 'a', undefined],
])('the header %j has for the cookie %s the value %j', (header, name, value) => {
  expect(cookieValue(header, name)).toBe(value);
});
