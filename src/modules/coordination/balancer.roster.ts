import { Inject, Injectable } from '@nestjs/common';
import { BALANCER_FACTS, type BalancerFacts } from './balancer.facts.js';
import { BalancerIdentity } from './balancer.identity.js';
import { LeaseService } from './lease.service.js';
import { GONE_AFTER_MS, ROSTER_STORE, type RosterStore, type SeenBalancer } from './roster-store.js';

const ANNOUNCE_MS = 2_000;
/** However often there is something that the others should know at once. */
const SHORTEST_PAUSE_MS = 250;

export interface RosteredBalancer extends Omit<SeenBalancer, 'load'> {
  readonly self: boolean;
  /** Names of the leases that it holds. */
  readonly leases: readonly string[];
}

/** Says every two seconds that this balancer is there and what it runs, and lists those who did the same. */
@Injectable()
export class BalancerRoster {
  private timer: NodeJS.Timeout | null = null;
  private announcing: Promise<void> = Promise.resolve();
  private isHurried = false;
  private announcedAt = -Infinity;
  private isStopped = false;

  constructor(
    private readonly identity: BalancerIdentity,
    private readonly leases: LeaseService,
    @Inject(ROSTER_STORE) private readonly store: RosterStore,
    @Inject(BALANCER_FACTS) private readonly source: BalancerFacts,
  ) {}

  start(): void {
    this.announcing = this.announce();
  }

  /** There is something new that the others should know before the next announcement would tell them. */
  hurry(): void {
    // What is being announced just now may not have it yet: the next one comes soon after.
    if (this.timer === null) this.isHurried = true;
    else this.announceIn(this.announcedAt + SHORTEST_PAUSE_MS - performance.now());
  }

  /** The others need not wait until this balancer is missed. */
  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.announcing;
    await this.store.withdraw(this.identity.id).catch(() => undefined);
  }

  /** Those who are there, the longest running first. Rejects with STORE_UNAVAILABLE. */
  async list(): Promise<readonly RosteredBalancer[]> {
    const [seen, held] = await Promise.all([this.store.seen(GONE_AFTER_MS), this.leases.held()]);
    return seen.map(({ load: _load, ...balancer }) => ({
      ...balancer,
      self: balancer.id === this.identity.id,
      leases: held.filter(({ holder }) => holder === balancer.id).map(({ name }) => name),
    }));
  }

  private async announce(): Promise<void> {
    this.timer = null;
    this.isHurried = false;
    this.announcedAt = performance.now();
    const { id, host, pid } = this.identity;
    // A store that is away is reported by its connection; the next announcement may reach it.
    await this.store.announce({ id, host, pid, ...this.source.facts() }).catch(() => undefined);
    this.announceIn(this.isHurried ? SHORTEST_PAUSE_MS : ANNOUNCE_MS);
  }

  private announceIn(ms: number): void {
    if (this.isStopped) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.start(), Math.max(0, ms)).unref();
  }
}
