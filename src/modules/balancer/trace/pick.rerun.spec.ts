import { describe, expect, it } from 'vitest';
import {
  ALGORITHM_NAMES,
  type AlgorithmName,
  type BackendSnapshot,
  BackendState,
  changeState,
  NO_POLICIES,
  type PickDecision,
} from '../../../common/contract/index.js';
import {
  algorithmSettings,
  backendSnapshot,
  BalancerFixture,
  seededRandom,
  serviceSnapshot,
  snapshotOf,
  TestContext,
} from '../../../../test/support/balancer.fixture.js';
import { Balancer } from '../balancer.js';
import type { BackendRuntime } from '../backend-runtime.js';
import { pickDecisionOf } from './pick.decision.js';
import { rerunPick } from './pick.rerun.js';

const STATES = [
  0,
  0,
  0,
  0,
  BackendState.draining,
  BackendState.unhealthy,
  BackendState.ejected,
  BackendState.open,
];

/** A service in a random condition, and picks from it that go on changing it. */
class RandomService {
  readonly fixture: BalancerFixture;
  private readonly balancer: Balancer;
  private readonly random: () => number;

  constructor(
    algorithm: AlgorithmName,
    seed: number,
    private readonly backends = RandomService.backendsOf(seed),
  ) {
    this.random = seededRandom(seed + 1);
    const limitsBackends = this.below(2) === 0;
    const queue = { ...NO_POLICIES.queue, limitsBackends };
    const service = serviceSnapshot({
      algorithm: algorithmSettings(algorithm, { boundedLoad: [0, 1.1, 1.5][this.below(3)]! }),
      backends,
      policies: { ...NO_POLICIES, queue },
      slowStartMs: this.below(3) === 0 ? 60_000 : 0,
    });
    this.fixture = new BalancerFixture([service]);
    this.balancer = new Balancer(this.fixture.memory, 0);
    this.balancer.use(snapshotOf([service]));
    this.fixture.setCursor(0, this.below(1_000));
  }

  /** Picks once, after whatever has changed since; the decision, and what was really picked. */
  pick(): { decision: PickDecision; backend: BackendRuntime | null } {
    this.change();
    const service = this.balancer.route('any', '/')!;
    const context = new TestContext({ 'x-tenant': `t${this.below(50)}`, cookie: this.cookie });
    context.client = `192.0.2.${this.below(250)}`;
    context.path = `/${this.below(50)}`;
    for (const backend of service.backends) if (this.below(8) === 0) context.tried.push(backend);
    const backend = this.balancer.pick(service, context);
    if (context.affinityCookie !== '') this.cookie = context.affinityCookie.split(';')[0]!;
    return { decision: pickDecisionOf(context.trace, this.fixture.memory.backends), backend };
  }

  private cookie = '';

  private change(): void {
    for (const { slot } of this.backends) {
      if (this.below(6) === 0) this.fixture.setInFlight(slot, this.below(4));
      if (this.below(12) !== 0) continue;
      changeState(this.fixture.memory, slot, 0xff, STATES[this.below(STATES.length)]!);
      this.fixture.states.touch(0);
    }
  }

  private below(count: number): number {
    return Math.floor(this.random() * count);
  }

  static backendsOf(seed: number): BackendSnapshot[] {
    const random = seededRandom(seed);
    const below = (count: number) => Math.floor(random() * count);
    const count = [1, 2, 3, 7, 31, 33, 80][below(7)]!;
    return Array.from({ length: count }, (_, slot) =>
      backendSnapshot(slot, {
        weight: [0, 1, 1, 1, 2, 9, 100][below(7)]!,
        backup: below(6) === 0,
        maxInFlight: [0, 0, 1, 3][below(4)]!,
      }),
    );
  }
}

describe.each(ALGORITHM_NAMES)('%s', (algorithm) => {
  it('picks the same once more from what is recorded, whatever the state of the service', () => {
    let picked = 0;
    for (let seed = 0; seed < 60; seed++) {
      const service = new RandomService(algorithm, seed * 7_919);
      for (let turn = 0; turn < 30; turn++) {
        const { decision, backend } = service.pick();
        const id = backend === null ? null : backend.snapshot.id;
        expect(decision.backend).toBe(id);
        expect({ seed, turn, id: rerunPick(decision) }).toEqual({ seed, turn, id });
        if (id !== null) picked++;
      }
    }
    expect(picked).toBeGreaterThan(800);
  });

  it('does not look at what the record says was picked', () => {
    const service = new RandomService(algorithm, 42);
    const { decision, backend } = service.pick();
    const disguised: PickDecision = {
      ...decision,
      backend: 'somebody else',
      candidates: decision.candidates.map((one) => ({ ...one, skipped: one.skipped ?? 'lost' })),
    };
    expect(backend).not.toBe(null);
    expect(rerunPick(disguised)).toBe(backend!.snapshot.id);
  });
});

it('names one reason for each candidate that was not picked, and lists at most 32', () => {
  for (let seed = 0; seed < 300; seed++) {
    const { decision, backend } = new RandomService('least-connections', seed).pick();
    expect(decision.candidates.length).toBeLessThanOrEqual(32);
    const chosen = decision.candidates.filter(({ skipped }) => skipped === null);
    expect(chosen.map((one) => one.backend)).toEqual(backend === null ? [] : [backend.snapshot.id]);
  }
});
