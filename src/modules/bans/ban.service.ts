import { Inject, Injectable, Logger } from '@nestjs/common';
import type { BanReceiver } from '../../common/contract/index.js';
import { VelocityError } from '../../common/errors/index.js';
import { RegistryService, STORE_CONNECTION, type StoreConnection } from '../registry/index.js';
import { BAN_STORE, type BanStore } from './ban-store.js';
import { Announcer } from './announcer.js';
import { type BanOrigin, banId, isLive, type StoredBan, strengthened } from './ban.js';
import { BanBook } from './ban.book.js';
import { dangerOf } from './dangerous-networks.js';
import { type Network, readNetwork } from './network.js';
import { PendingChanges } from './pending-changes.js';
import { BanStoreFollower } from './store.follower.js';

/** More than that is a block list, which belongs into a file. */
export const MAX_BANS = 100_000;

/** Bans that are over leave the data plane, and the numbers that are shown, within this. */
const TIDY_INTERVAL_MS = 10_000;

/** Where the bans go: the data plane. */
export const BAN_RECEIVER = Symbol('BanReceiver');

/** A ban as it is shown. */
export interface BanDetails extends Omit<StoredBan, 'isLifted'> {
  /** false: the store is away; the ban applies here, and is stored when it is back. */
  readonly isStored: boolean;
}

export interface NewBans {
  /** Addresses and CIDR blocks. */
  readonly networks: readonly string[];
  readonly note: string;
  readonly author: string;
  readonly shadow: boolean;
  /** Unix milliseconds; null: until they are lifted. */
  readonly expiresAt: number | null;
  /** Also what would lock out more than was meant. */
  readonly force: boolean;
}

/** A network to be banned, by a rule or by hand. */
export interface BanOrder extends Omit<NewBans, 'networks' | 'force'> {
  readonly network: Network;
  /** Unix milliseconds; a time that `expiresAt` is counted from is this one. */
  readonly createdAt: number;
  readonly origin: BanOrigin;
  readonly rule: string;
  readonly offences: number;
}

/**
 * Keeps out networks for a time. Bans apply here at once, and within two seconds at the other balancers of the store. While
 * the store is away they apply here, and are stored when it is back.
 */
@Injectable()
export class BanService {
  private readonly logger = new Logger(BanService.name);
  private readonly book = new BanBook();
  private readonly pending = new PendingChanges();
  private readonly follower: BanStoreFollower;
  private timer: NodeJS.Timeout | null = null;
  /** Bans that the data plane has. */
  private published = 0;
  private readonly announcer = new Announcer(() => this.publish());

  constructor(
    @Inject(BAN_STORE) store: BanStore,
    @Inject(STORE_CONNECTION) connection: StoreConnection,
    @Inject(BAN_RECEIVER) private readonly receiver: BanReceiver,
    @Inject(RegistryService) private readonly registry: Pick<RegistryService, 'current'>,
  ) {
    this.follower = new BanStoreFollower({ store, connection, book: this.book, pending: this.pending });
    this.follower.onChanged(() => this.announcer.announce());
    this.follower.onFault((error) => this.logger.error(error));
  }

  /** Follows what other balancers ban and lift. */
  start(): void {
    this.follower.start();
    this.timer ??= setInterval(() => this.dropEnded(), TIDY_INTERVAL_MS).unref();
  }

  /** Writes what is left to write. */
  async stop(): Promise<void> {
    this.announcer.stop();
    if (this.timer !== null) clearInterval(this.timer);
    await this.follower.stop();
    if (this.pending.size === 0) return;
    this.logger.warn(`${this.pending.size} changes of bans are lost: the store is away`);
  }

  /**
   * Bans networks; a network that is banned already is banned for longer. Either all or none. Rejects with CONFIG_INVALID
   * (no network), BAN_REFUSED (it would lock out more than was meant) and CAPACITY_EXCEEDED.
   */
  async ban({ networks, force, ...how }: NewBans): Promise<readonly BanDetails[]> {
    const read = readNetworks(networks);
    if (!force) this.requireHarmless(read);
    this.requireRoom(read.map(({ text }) => banId(text)));
    const createdAt = Date.now();
    const orders = read.map((network): BanOrder => ({
      ...how,
      network,
      createdAt,
      origin: 'api',
      rule: '',
      offences: 0,
    }));
    const ids = orders.map((order) => this.take(order).id);
    this.announcer.announceNow();
    await this.follower.write();
    return ids.map((id) => this.detailsOf(this.book.get(id)!));
  }

  /** The same for what a rule found. Returns what stands now; stores it behind the caller. Throws CAPACITY_EXCEEDED. */
  banByRule(order: BanOrder): BanDetails {
    this.requireRoom([banId(order.network.text)]);
    const ban = this.take(order);
    this.announcer.announce();
    this.follower.writeSoon();
    return this.detailsOf(ban);
  }

  /** Lifts the ban of an id. Rejects with BAN_NOT_FOUND. */
  async lift(id: string): Promise<void> {
    // Another balancer may have made it just now.
    if (this.liveBan(id) === undefined) await this.follower.refresh();
    const ban = this.liveBan(id);
    if (ban === undefined) throw unknownBan(id);
    const now = Date.now();
    this.book.set({ ...ban, expiresAt: now, isLifted: true, offences: 0 });
    this.pending.lift(id, now);
    this.announcer.announceNow();
    await this.follower.write();
  }

  /** The same by network, in any spelling. Rejects with CONFIG_INVALID and BAN_NOT_FOUND. */
  liftNetwork(text: string): Promise<void> {
    const [network] = readNetworks([text]);
    return this.lift(banId(network!.text));
  }

  /** Those that apply, the newest first. */
  list(): readonly BanDetails[] {
    return this.book
      .live(Date.now())
      .sort(newestFirst)
      .map((ban) => this.detailsOf(ban));
  }

  /** Throws BAN_NOT_FOUND. */
  get(id: string): BanDetails {
    const ban = this.liveBan(id);
    if (ban === undefined) throw unknownBan(id);
    return this.detailsOf(ban);
  }

  /** Those that apply to all of a network, the smallest first. */
  covering(network: Network): readonly BanDetails[] {
    const found: BanDetails[] = [];
    for (const { text } of network.enclosing()) {
      const ban = this.liveBan(banId(text));
      if (ban !== undefined) found.push(this.detailsOf(ban));
    }
    return found;
  }

  /** What is known of a network's own ban, also one that has ended. */
  history(network: Network): StoredBan | undefined {
    return this.book.get(banId(network.text));
  }

  /** Live bans, and changes that the store does not know yet. */
  stats(): { readonly live: number; readonly pending: number } {
    return { live: this.book.live(Date.now()).length, pending: this.pending.size };
  }

  private liveBan(id: string): StoredBan | undefined {
    const ban = this.book.get(id);
    return ban !== undefined && isLive(ban, Date.now()) ? ban : undefined;
  }

  private take({ network, ...order }: BanOrder): StoredBan {
    const now = Date.now();
    const cidr = network.text;
    const next: StoredBan = { id: banId(cidr), cidr, ...order, isLifted: false };
    const ban = strengthened(this.book.get(next.id), next, now);
    this.book.set(ban);
    this.pending.put(next, now);
    return ban;
  }

  private detailsOf({ isLifted: _isLifted, ...ban }: StoredBan): BanDetails {
    return { ...ban, isStored: !this.pending.holds(ban.id) };
  }

  private publish(): void {
    const live = this.book.live(Date.now());
    this.published = live.length;
    this.receiver.useBans(
      live.map(({ id, cidr, expiresAt, shadow }) => ({ id, cidr, expiresAt: expiresAt ?? 0, shadow })),
    );
  }

  /** The data plane looks at the end of each ban itself; it only need not keep those that are over. */
  private dropEnded(): void {
    const now = Date.now();
    this.book.tidy(now);
    if (this.book.live(now).length !== this.published) this.announcer.announce();
  }

  private requireHarmless(networks: readonly Network[]): void {
    const { trustedProxies } = this.registry.current().state;
    for (const network of networks) {
      const danger = dangerOf(network, trustedProxies);
      if (danger === null) continue;
      throw new VelocityError(
        'BAN_REFUSED',
        `The ban is refused: ${danger}. Whoever means it says so with force.`,
      );
    }
  }

  private requireRoom(ids: readonly string[]): void {
    if (this.book.size + ids.length <= MAX_BANS) return;
    const now = Date.now();
    const added = ids.filter((id) => this.liveBan(id) === undefined);
    if (this.book.live(now).length + new Set(added).size <= MAX_BANS) return;
    throw new VelocityError(
      'CAPACITY_EXCEEDED',
      `At most ${MAX_BANS.toLocaleString('en')} bans may apply at once: put networks that stay out into a file of blocklistFiles.`,
    );
  }
}

function newestFirst(a: StoredBan, b: StoredBan): number {
  return b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1);
}

/** Throws CONFIG_INVALID that names each text which is no network. */
function readNetworks(texts: readonly string[]): readonly Network[] {
  const readings = texts.map(readNetwork);
  const issues = readings.flatMap(({ problem }, index) =>
    problem === null ? [] : [{ path: `networks[${index}]`, message: problem }],
  );
  const [first] = issues;
  if (first !== undefined) throw new VelocityError('CONFIG_INVALID', `${first.message}.`, { issues });
  return readings.flatMap(({ network }) => network ?? []);
}

function unknownBan(id: string): VelocityError {
  return new VelocityError(
    'BAN_NOT_FOUND',
    `There is no ban of ${id.slice(0, 60).replace('_', '/')}. GET /api/v1/bans lists them.`,
  );
}
