import { expect, it } from 'vitest';
import {
  algorithmSettings,
  backendSnapshot,
  balancedService,
  BalancerFixture,
  serviceSnapshot,
  snapshotOf,
  TestContext,
} from '../../../../test/support/balancer.fixture.js';
import { Balancer } from '../balancer.js';

const COOKIE = /^lb=(backend-\d)\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/;

function setUp(size = 3) {
  const backends = Array.from({ length: size }, (_, slot) => backendSnapshot(slot));
  const parts = balancedService(algorithmSettings('sticky-round-robin'), backends);
  const send = (cookie?: string, tried: number[] = []) => {
    const context = new TestContext(cookie === undefined ? {} : { cookie });
    context.tried = tried.map((slot) => parts.service.backends[slot]!);
    const { slot } = parts.balancer.pick(parts.service, context)!.snapshot;
    return { slot, affinity: context.affinity, setCookie: context.affinityCookie };
  };
  return { ...parts, send };
}

function pairOf(setCookie: string): string {
  return setCookie.split(';')[0]!;
}

it('gives new clients turns and a cookie that brings them back', () => {
  const { send } = setUp();
  const clients = [send(), send(), send()];
  expect(clients.map((client) => client.slot)).toEqual([0, 1, 2]);
  for (const client of clients) {
    expect(client.affinity).toBe('new');
    expect(COOKIE.exec(client.setCookie)?.[1]).toBe(`backend-${client.slot}`);
    for (const again of [1, 2]) {
      expect(send(`a=${again}; ${pairOf(client.setCookie)}; z=1`)).toEqual({
        slot: client.slot,
        affinity: 'hit',
        setCookie: '',
      });
    }
  }
});

it('moves a client on with a new cookie when its backend leaves rotation, draining included', () => {
  const { send, fixture } = setUp();
  const cookie = pairOf(send().setCookie);
  fixture.states.setAdminState(0, 0, 'draining');
  const moved = send(cookie);
  expect(moved).toMatchObject({ affinity: 'fallback' });
  expect(moved.slot).not.toBe(0);
  expect(send(pairOf(moved.setCookie))).toMatchObject({ slot: moved.slot, affinity: 'hit' });
  fixture.states.setAdminState(0, 0, 'enabled');
  expect(send(cookie)).toMatchObject({ slot: 0, affinity: 'hit' });
});

it('moves a client on when its backend has just failed it', () => {
  const { send } = setUp();
  const cookie = pairOf(send().setCookie);
  const retried = send(cookie, [0]);
  expect(retried).toMatchObject({ affinity: 'fallback' });
  expect(retried.slot).not.toBe(0);
  expect(retried.setCookie).toMatch(COOKIE);
});

it('treats a forged, foreign or mangled cookie as none', () => {
  const { send } = setUp();
  const good = pairOf(send().setCookie);
  const [id, signature] = good.slice('lb='.length).split('.') as [string, string];
  const forged = [
    `lb=backend-1.${signature}`,
    `lb=${id}`,
    `lb=${id}.`,
    `lb=${id}.${'A'.repeat(43)}`,
    `lb=${id}.${signature}A`,
    `lb=${id}.${signature.slice(0, -1)}`,
    `xlb=${id}.${signature}`,
    `lbx=${id}.${signature}`,
    `lb`,
    `lb=`,
    `lb="`,
    '',
    ';;; ;',
    `LB=${id}.${signature}`,
    `lb =${id}.${signature}`,
  ];
  const refused = forged.map((cookie) => [cookie, send(cookie).affinity]);
  expect(refused).toEqual(forged.map((cookie) => [cookie, 'new']));
  const valid = [`x=1;${good}`, `lb=stale; ${good}`, `lb="${id}.${signature}"`, `\t${good} `];
  const taken = valid.map((cookie) => [cookie, send(cookie).slot, send(cookie).affinity]);
  expect(taken).toEqual(valid.map((cookie) => [cookie, 0, 'hit']));
});

it('binds the signature to the service and the secret', () => {
  const cookieOf = (name: string, affinitySecret: string) => {
    const service = serviceSnapshot({
      name,
      algorithm: algorithmSettings('sticky-round-robin'),
      backends: [backendSnapshot(0)],
    });
    const balancer = new Balancer(new BalancerFixture([service]).memory, 0);
    balancer.use(snapshotOf([service], { affinitySecret }));
    const context = new TestContext();
    balancer.pick(balancer.route('any', '/')!, context);
    return context.affinityCookie;
  };
  const cookies = [cookieOf('shop', 'aa'), cookieOf('shop', 'bb'), cookieOf('blog', 'aa')];
  expect(new Set(cookies).size).toBe(3);
  expect(cookieOf('shop', 'aa')).toBe(cookies[0]);
});

it('keeps the cookie of a service with one path to that path', () => {
  const cookieFor = (paths: readonly string[]) => {
    const service = serviceSnapshot({
      paths,
      algorithm: algorithmSettings('sticky-round-robin', { cookie: 'route' }),
      backends: [backendSnapshot(0)],
    });
    const balancer = new Balancer(new BalancerFixture([service]).memory, 0);
    balancer.use(snapshotOf([service]));
    const context = new TestContext();
    balancer.pick(balancer.route('any', paths[0]!)!, context);
    return context.affinityCookie;
  };
  expect(cookieFor(['/shop/'])).toMatch(/^route=.*; Path=\/shop; HttpOnly/);
  expect(cookieFor(['/a', '/b'])).toMatch(/; Path=\/; HttpOnly/);
  expect(cookieFor(['/a;x'])).toMatch(/; Path=\/; HttpOnly/);
});
