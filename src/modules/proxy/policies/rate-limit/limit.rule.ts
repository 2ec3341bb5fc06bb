import { createHash } from 'node:crypto';
import type { RateLimitSettings } from '../../../../common/contract/index.js';
import type { AddressKey } from '../../connections/address.key.js';
import type { Exchange } from '../../exchange.js';
import type { LimitKey } from './limit-key.js';
import { PathPattern } from '../../paths/path.pattern.js';

/** A rate limit as it is asked for each exchange. Compiled with the snapshot. */
export class LimitRule {
  /** Between two exchanges in the long run. */
  readonly intervalMs: number;
  /** Whether its verdict or its key depends on the path. */
  readonly readsPath: boolean;
  private readonly pattern: PathPattern | null;
  private readonly byIp: boolean;
  private readonly byEndpoint: boolean;
  private readonly byHeader: boolean;

  /** What all keys of the rule begin with. */
  private readonly start: Int32Array;

  /**
   * @param scope Whose rule it is: rules of the same name in two services count apart.
   * @param key Any with the seeds of the table that counts.
   */
  constructor(
    readonly scope: string,
    readonly settings: RateLimitSettings,
    key: LimitKey,
  ) {
    this.start = key.startOf(scope, settings.name);
    this.intervalMs = settings.windowMs / settings.limit;
    this.pattern = settings.path === '' ? null : new PathPattern(settings.path);
    this.byIp = settings.by.includes('ip');
    this.byEndpoint = settings.by.includes('endpoint');
    this.byHeader = settings.by.includes('header');
    this.readsPath = this.pattern !== null || this.byEndpoint;
  }

  /** @param path In the form of `plainPath`. */
  appliesTo(exchange: Exchange, path: string): boolean {
    const { method } = this.settings;
    return (
      (method === '' || exchange.head.method === method) &&
      (this.pattern === null || this.pattern.matches(path))
    );
  }

  /**
   * What the exchange counts as. A header that is absent counts as an empty one, so leaving it out is no way around;
   * an endpoint is the pattern where the rule has one, so all that it matches share.
   */
  readKey(exchange: Exchange, path: string, { key, address }: KeyParts): void {
    key.begin(this.start);
    if (this.byIp && address.read(exchange.client)) key.address(address);
    if (this.byEndpoint) {
      key.text(exchange.head.method);
      if (this.pattern === null) key.text(path);
    }
    if (this.byHeader) key.text(exchange.header(this.settings.header) ?? '');
    key.end();
  }

  /**
   * The same by a name that all balancers have for it: a hash of fixed length, whatever the client sent, so that neither
   * long keys nor secrets such as API keys stand in a store.
   */
  sharedName(exchange: Exchange, path: string, address: AddressKey): string {
    const parts = [this.scope, this.settings.name];
    if (this.byIp && address.read(exchange.client)) parts.push(address.client());
    if (this.byEndpoint) {
      parts.push(exchange.head.method);
      if (this.pattern === null) parts.push(path);
    }
    if (this.byHeader) parts.push(exchange.header(this.settings.header) ?? '');
    return createHash('sha256')
      .update(JSON.stringify(parts))
      .digest('base64url')
      .slice(0, SHARED_NAME_LENGTH);
  }
}

/** 132 bits: nobody finds two clients, or another one's, that share a name. */
const SHARED_NAME_LENGTH = 22;

/** What a key is made with; reused from exchange to exchange. */
export interface KeyParts {
  readonly key: LimitKey;
  readonly address: AddressKey;
}
