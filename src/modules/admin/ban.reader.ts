import { Injectable } from '@nestjs/common';
import { BAN_ORIGINS, type BanDetails, type Network, readNetwork } from '../bans/index.js';
import { nextLink } from './page.link.js';
import { BanPort, BlocklistPort } from './ports.js';
import { MAX_PAGE, type RawQuery, refusedParameter, refuseOthers, wholeNumber } from './query.reader.js';
import type { BanCheck } from './resources/ban.resource.js';

const DEFAULT_BANS = 100;
const PATH = '/api/v1/bans';
const PARAMETERS = ['limit', 'cursor', 'cidr', 'address', 'origin'];

export interface BanPage {
  readonly items: readonly BanDetails[];
  /** Path and query of the next page; null: this was the last one. */
  readonly next: string | null;
}

/** Shows bans. */
@Injectable()
export class BanReader {
  constructor(
    private readonly bans: BanPort,
    private readonly lists: BlocklistPort,
  ) {}

  /** The newest first. Throws REQUEST_INVALID that names the parameter at fault. */
  list(query: RawQuery): BanPage {
    refuseOthers(query, PARAMETERS);
    const limit = wholeNumber(query, 'limit', MAX_PAGE) ?? DEFAULT_BANS;
    const after = readCursor(query);
    const rest = this.fitting(query).filter((ban) => after === null || isAfter(ban, after));
    const items = rest.slice(0, limit);
    const last = items.at(-1);
    const cursor = last === undefined || rest.length <= limit ? null : cursorAfter(last);
    return { items, next: nextLink(PATH, query, cursor) };
  }

  get(id: string): BanDetails {
    return this.bans.get(id);
  }

  /** What happens to requests of the query's `address`, as far as lists of services do not say otherwise. */
  check({ address }: RawQuery): BanCheck {
    const network = networkIn('address', address);
    if (network.prefix !== network.bytes.length * 8) {
      throw refusedParameter('address', 'must be one address, not a network');
    }
    const now = Date.now();
    const bans = [...this.bans.covering(network)];
    const lists = this.lists
      .matches(network.text)
      .filter(({ expiresAt }) => expiresAt === 0 || expiresAt > now)
      .map((match) => ({ ...match, expiresAt: match.expiresAt === 0 ? null : match.expiresAt }));
    return { address: network.text, ...verdictOf(bans, lists), bans, lists };
  }

  private fitting(query: RawQuery): readonly BanDetails[] {
    const { cidr, address, origin } = query;
    let found = address === undefined ? this.bans.list() : this.bans.covering(networkIn('address', address));
    if (cidr !== undefined) {
      const wide = networkIn('cidr', cidr);
      found = found.filter((ban) => wide.contains(readNetwork(ban.cidr).network!));
    }
    if (origin === undefined) return found;
    if (!BAN_ORIGINS.some((known) => known === origin)) {
      throw refusedParameter('origin', `must be one of ${BAN_ORIGINS.join(', ')}`);
    }
    return found.filter((ban) => ban.origin === origin);
  }
}

/** An allowlist goes before all, what is enforced before what is in shadow, and a ban is told before a list. */
function verdictOf(
  bans: readonly BanDetails[],
  lists: BanCheck['lists'],
): Pick<BanCheck, 'verdict' | 'reason'> {
  const listed = (effect: string) => lists.find((match) => match.effect === effect);
  const allowed = listed('allowed');
  if (allowed !== undefined) return { verdict: 'allowed', reason: listReason(allowed) };
  for (const shadow of [false, true]) {
    const verdict = shadow ? 'shadow' : 'blocked';
    const ban = bans.find((one) => one.shadow === shadow);
    if (ban !== undefined) return { verdict, reason: banReason(ban) };
    const match = listed(verdict);
    if (match !== undefined) return { verdict, reason: listReason(match) };
  }
  return { verdict: 'served', reason: 'no ban and no list holds it' };
}

function listReason({ list, cidr, note }: BanCheck['lists'][number]): string {
  return `${cidr} of ${list}${note === '' ? '' : `: ${note}`}`;
}

function banReason({ cidr, origin, rule, author, note }: BanDetails): string {
  const by = origin === 'rule' ? `the rule ${rule}` : author;
  return `the ban of ${cidr} by ${by}${note === '' ? '' : `: ${note}`}`;
}

function networkIn(name: string, text: unknown): Network {
  if (typeof text !== 'string') throw refusedParameter(name, 'must be given once');
  const { network, problem } = readNetwork(text);
  if (network === null) throw refusedParameter(name, `is refused: ${problem}`);
  return network;
}

/** A page that ends with a ban goes on behind it, whatever was banned or lifted meanwhile. */
interface Place {
  readonly createdAt: number;
  readonly id: string;
}

function isAfter(ban: BanDetails, { createdAt, id }: Place): boolean {
  return ban.createdAt < createdAt || (ban.createdAt === createdAt && ban.id > id);
}

function cursorAfter({ createdAt, id }: BanDetails): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url');
}

/** null: it is the first page. */
function readCursor({ cursor }: RawQuery): Place | null {
  if (cursor === undefined) return null;
  const text = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString() : '';
  const parts = /^(\d{1,15}) ([0-9a-f.:_]+)$/.exec(text);
  if (parts !== null) return { createdAt: Number(parts[1]), id: parts[2]! };
  throw refusedParameter('cursor', 'is not one of ours: follow "next" of the page before, or leave it out');
}
