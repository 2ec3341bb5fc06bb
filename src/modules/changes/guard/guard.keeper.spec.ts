import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SharedMemory } from '../../../common/contract/index.js';
import { VelocityError } from '../../../common/errors/index.js';
import type { Guard, RegistryView, Revision } from '../../registry/index.js';
import { GuardKeeper, type GuardKeeperParts } from './guard.keeper.js';

Logger.overrideLogger(false);

const REVISION: Revision = {
  number: 1,
  time: 0,
  origin: 'api',
  author: 'ann',
  note: '',
  restores: 0,
  changes: [],
};
const VIEW: RegistryView = {
  revision: REVISION,
  state: { trustedProxies: [], defaults: {}, services: [] },
  services: [],
  affinitySecret: '',
  guard: null,
  persisted: true,
};

function guardOf(leftMs: number): Guard {
  const terms = { confirmation: 'manual', maxErrorIncrease: 0.05, maxLatencyFactor: 2 } as const;
  return { ...terms, revision: 2, previous: 1, author: 'ann', isFile: false, deadline: Date.now() + leftMs };
}

/** A registry that does what it is told when it is told. */
class TestedRegistry {
  view = VIEW;
  readonly asked: string[] = [];
  answers: (VelocityError | null)[] = [];
  history: readonly Revision[] = [];
  private listener: (view: RegistryView) => void = () => undefined;

  readonly asParts: GuardKeeperParts['registry'] = {
    current: () => this.view,
    onChanged: (listener) => (this.listener = listener),
    stateAt: async () => VIEW.state,
    revisions: async () => this.history,
    settleGuard: async (revision, verdict, { author, origin = 'api', note = '' }) => {
      this.asked.push(`${revision} ${verdict}: ${note}`);
      const error = this.answers.shift() ?? null;
      if (error !== null) throw error;
      const changes = [
        `guard of revision ${revision}: ${verdict === 'confirmed' ? 'confirmed' : 'taken back'}`,
      ];
      this.becomes({ guard: null }, { author, origin, note, changes });
      return this.view;
    },
  };

  becomes(change: Partial<RegistryView>, said: Partial<Revision> = {}): void {
    const revision = { ...REVISION, number: this.view.revision.number + 1, ...said };
    this.view = { ...this.view, revision, ...change };
    this.listener(this.view);
  }
}

function keeperOf(registry: TestedRegistry): GuardKeeper {
  const memory = new SharedMemory({ workers: 1, backendCapacity: 4, serviceCapacity: 4 });
  const keeper = new GuardKeeper({
    registry: registry.asParts,
    publications: { current: () => null },
    memory,
  });
  keepers.push(keeper);
  return keeper;
}

const keepers: GuardKeeper[] = [];
afterEach(() => keepers.splice(0).forEach((keeper) => keeper.stop()));

describe('GuardKeeper', () => {
  it('tries again when a verdict cannot be stored, and says why meanwhile', async () => {
    const registry = new TestedRegistry();
    registry.answers = [new VelocityError('STORE_UNAVAILABLE', 'the store is away')];
    const keeper = keeperOf(registry);
    registry.becomes({ guard: guardOf(10) });
    await vi.waitUntil(() => keeper.status().guard?.problem === 'the store is away', { timeout: 5_000 });
    expect(keeper.status().guard).toMatchObject({ revision: 2, secondsLeft: 0 });
    await vi.waitUntil(() => keeper.status().guard === null, { timeout: 5_000 });
    expect(registry.asked).toHaveLength(2);
    expect(keeper.status().outcomes).toMatchObject([{ verdict: 'reverted', requests: 0 }]);
  });

  it('tells how a guard ended that somebody ended elsewhere', async () => {
    const registry = new TestedRegistry();
    const keeper = keeperOf(registry);
    registry.becomes({ guard: guardOf(60_000) });
    const changes = ['guard of revision 2: confirmed'];
    registry.history = [
      { ...REVISION, number: 4, changes: ['service shop: removed'] },
      { ...REVISION, number: 3, author: 'bob', changes },
    ];
    registry.becomes({ guard: null });
    await vi.waitUntil(() => keeper.status().outcomes.length > 0, { timeout: 5_000 });
    expect(keeper.status()).toMatchObject({
      guard: null,
      outcomes: [{ verdict: 'confirmed', why: 'bob confirmed it' }],
    });
    expect(registry.asked).toEqual([]);
  });

  it('leaves a guard that is found overdue for a moment to whoever watched it', async () => {
    const registry = new TestedRegistry();
    const keeper = keeperOf(registry);
    const foundAt = Date.now();
    registry.becomes({ guard: guardOf(-5_000) });
    await vi.waitUntil(() => registry.asked.length > 0, { timeout: 10_000 });
    expect(Date.now() - foundAt).toBeGreaterThanOrEqual(2_000);
    expect(registry.asked[0]).toMatch(/^2 reverted: nobody confirmed it until its deadline, and no balancer/);
    expect(keeper.status().outcomes).toHaveLength(1);
  });

  it('goes on with the same guard over changes of other things, and follows from one to the next', () => {
    const registry = new TestedRegistry();
    const keeper = keeperOf(registry);
    registry.becomes({ guard: guardOf(60_000) });
    registry.becomes({});
    expect(keeper.status().guard).toMatchObject({ revision: 2 });
    registry.becomes({ guard: { ...guardOf(60_000), revision: 4, previous: 3 } });
    expect(keeper.status().guard).toMatchObject({ revision: 4 });
  });

  it('has nothing to settle without a guard', async () => {
    const keeper = keeperOf(new TestedRegistry());
    await expect(keeper.settle('confirmed', { author: 'ann' })).rejects.toMatchObject({
      code: 'GUARD_NOT_FOUND',
    });
  });

  it('keeps the last ten outcomes, newest first', async () => {
    const registry = new TestedRegistry();
    const keeper = keeperOf(registry);
    for (let round = 1; round <= 12; round++) {
      registry.becomes({ guard: { ...guardOf(60_000), revision: round * 10 } });
      await keeper.settle('confirmed', { author: 'ann', note: 'fine' });
    }
    const { outcomes } = keeper.status();
    expect(outcomes.map(({ revision }) => revision)).toEqual([120, 110, 100, 90, 80, 70, 60, 50, 40, 30]);
    expect(outcomes[0]!.why).toBe('ann confirmed it: fine');
  });
});
