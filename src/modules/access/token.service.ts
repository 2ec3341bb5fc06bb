import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Role } from '../../common/contract/index.js';
import { VelocityError, isVelocityError } from '../../common/errors/index.js';
import { STORE_CONNECTION, type StoreConnection } from '../registry/index.js';
import { LastUses } from './last-uses.js';
import type { Principal } from './principal.js';
import { TOKEN_STORE, type StoredToken, type TokenStore } from './token-store.js';
import { TokenBook } from './token.book.js';
import { digestOf, makeTokenText, matchesDigest, tokenIdOf } from './token.text.js';

/** How soon a token that another balancer made or revoked is known here. */
const READ_INTERVAL_MS = 2_000;
/** Tokens are read as a whole every two seconds: more of them would be a user directory, which belongs elsewhere. */
const MAX_TOKENS = 1_000;

/** What is known of a token: all but its secret. */
export type TokenDetails = Omit<StoredToken, 'digest'>;

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  /** Unix milliseconds; null: it does not expire. */
  readonly expiresAt: number | null;
  /** Who made it. */
  readonly createdBy: string;
}

export interface MadeToken {
  readonly details: TokenDetails;
  /** The only time that it is seen: just its digest is stored. */
  readonly text: string;
}

/**
 * Tokens of people and programs. They are checked against memory, which is read from the store every two seconds and
 * kept while the store is away: so the admin API can be used just when something is wrong.
 */
@Injectable()
export class TokenService {
  private readonly logger = new Logger(TokenService.name);
  private readonly book: TokenBook;
  private readonly uses: LastUses;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    @Inject(TOKEN_STORE) private readonly store: TokenStore,
    @Inject(STORE_CONNECTION) connection: StoreConnection,
  ) {
    this.book = new TokenBook(store);
    this.uses = new LastUses(store, (error) => this.report(error));
    connection.onChange(({ state }) => {
      if (state === 'connected') void this.refresh();
    });
  }

  /** Follows what other balancers change. */
  start(): void {
    this.timer ??= setInterval(() => void this.refresh(), READ_INTERVAL_MS).unref();
  }

  /** Writes what is left to write. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    await this.uses.write();
  }

  /**
   * Whose token it is. Rejects with UNAUTHENTICATED for one that is unknown, revoked or expired, and with
   * STORE_UNAVAILABLE when the tokens could not be read since the start: then nobody knows.
   */
  async authenticate(text: string): Promise<Principal> {
    const id = tokenIdOf(text);
    if (id !== null && !this.book.isRead) await this.book.read();
    const token = id === null ? undefined : this.book.get(id);
    if (!matchesDigest(text, token?.digest) || token === undefined) {
      throw new VelocityError(
        'UNAUTHENTICATED',
        'The bearer token is not valid here: it is mistyped, revoked or another balancer’s. The token of admin.tokenFile always is.',
      );
    }
    const now = Date.now();
    if (isExpired(token, now)) {
      throw new VelocityError(
        'UNAUTHENTICATED',
        `The token ${token.name} expired at ${new Date(token.expiresAt).toISOString()}: have a new one made.`,
      );
    }
    this.uses.note(token.id, token.lastUsedAt, now);
    return { name: token.name, role: token.role, tokenId: token.id };
  }

  /** Rejects with TOKEN_EXISTS, CAPACITY_EXCEEDED and STORE_UNAVAILABLE. */
  async create({ name, role, expiresAt, createdBy }: NewToken): Promise<MadeToken> {
    await this.book.read();
    if (this.book.all().length >= MAX_TOKENS) {
      throw new VelocityError(
        'CAPACITY_EXCEEDED',
        `There are ${MAX_TOKENS} tokens, and no more fit: revoke those that nobody uses.`,
      );
    }
    const { id, text } = makeTokenText();
    const digest = digestOf(text);
    const token = { id, name, role, digest, createdAt: Date.now(), createdBy, expiresAt, lastUsedAt: null };
    await this.store.create(token);
    this.book.add(token);
    return { details: this.detailsOf(token), text };
  }

  /** By name; expired ones too. Rejects with STORE_UNAVAILABLE. */
  async list(): Promise<readonly TokenDetails[]> {
    await this.book.read();
    return this.book.all().map((token) => this.detailsOf(token));
  }

  /** Rejects with TOKEN_NOT_FOUND and STORE_UNAVAILABLE. */
  async get(id: string): Promise<TokenDetails> {
    await this.book.read();
    const token = this.book.get(id);
    if (token === undefined) throw unknownToken(id);
    return this.detailsOf(token);
  }

  /**
   * It is refused from now on here, and by other balancers within two seconds. Rejects with TOKEN_NOT_FOUND and
   * STORE_UNAVAILABLE.
   */
  async revoke(id: string): Promise<void> {
    const wasThere = await this.store.remove(id);
    this.book.remove(id);
    this.uses.forget(id);
    if (!wasThere) throw unknownToken(id);
  }

  private detailsOf({ digest: _digest, ...details }: StoredToken): TokenDetails {
    return { ...details, lastUsedAt: this.uses.of(details.id, details.lastUsedAt) };
  }

  private async refresh(): Promise<void> {
    try {
      await this.book.read();
    } catch (error) {
      this.report(error);
    }
  }

  /** A store that is away is reported by whoever watches it. */
  private report(error: unknown): void {
    if (!isVelocityError(error, 'STORE_UNAVAILABLE')) this.logger.error(error);
  }
}

function isExpired(token: StoredToken, now: number): token is StoredToken & { readonly expiresAt: number } {
  return token.expiresAt !== null && token.expiresAt <= now;
}

function unknownToken(id: string): VelocityError {
  // Whoever sends the whole token instead of its id shall not find it in an answer or a log.
  const shown = /^[0-9a-f]{12}$/.test(id) ? ` ${id}` : ' of that id';
  return new VelocityError('TOKEN_NOT_FOUND', `There is no token${shown}. GET /api/v1/tokens lists them.`);
}
