import { AddressTree, runWhole, TreeDraft } from '../../../../common/addresses/index.js';
import {
  BlockFlag,
  type BlockPolicy as BlockSettings,
  type BlockSource,
  type BlockVerdict,
  type DropReason,
  type Snapshot,
} from '../../../../common/contract/index.js';
import { AddressKey } from '../../connections/address.key.js';
import type { Exchange } from '../../exchange.js';
import { blockCode } from '../../decision/decision.builder.js';
import type { Policy } from '../policy.js';
import { type Blocklists, flagsIn } from './blocklists.js';

/** A service's lists as they were compiled. */
interface ServiceTree {
  readonly settings: BlockSettings;
  readonly fingerprint: string;
  readonly tree: AddressTree;
}

/**
 * Refuses clients that are blocked everywhere or by the service they ask. An address in an allowlist, of all services or
 * of this one, is let through whatever else says.
 */
export class BlockPolicy implements Policy {
  readonly name = 'block';
  /** By service name; only services that list somebody. */
  private services: ReadonlyMap<string, ServiceTree> = new Map();
  private readonly key = new AddressKey();

  constructor(private readonly blocklists: Blocklists) {}

  use({ services, trustedProxies }: Snapshot): void {
    this.blocklists.useTrustedProxies(trustedProxies);
    const before = this.services;
    const trees = new Map<string, ServiceTree>();
    for (const { name, fingerprint, policies } of services) {
      const settings = policies.block;
      if (settings.blocklist.length === 0 && settings.allowlist.length === 0) continue;
      const known = before.get(name);
      const isSame = known !== undefined && known.fingerprint === fingerprint;
      trees.set(name, isSame ? known : { settings, fingerprint, tree: compile(settings) });
    }
    this.services = trees;
  }

  admit(exchange: Exchange): DropReason | null {
    if (!this.blocklists.isActive && this.services.size === 0) return null;
    // A client whose connection is gone has no address.
    if (!this.key.read(exchange.client)) return null;
    const { words } = this.key;
    let flags = this.blocklists.flagsOf(words, exchange.time);
    const own = this.services.get(exchange.settings.name);
    if (own !== undefined) flags |= flagsIn(own.tree, words, exchange.time);
    if (flags === 0) return null;
    const verdict = verdictOf(flags);
    if (verdict === null) return null;
    exchange.blockCode = blockCode(verdict, this.sourceOf(verdict, own, exchange.time));
    if (verdict === 'blocked') return 'blocked';
    if (verdict === 'shadow') exchange.shadowReason ??= 'blocked';
    return null;
  }

  /** Who said so: asked again, where anything was said at all. */
  private sourceOf(verdict: BlockVerdict, own: ServiceTree | undefined, now: number): BlockSource {
    const { words } = this.key;
    if (own !== undefined && verdictOf(flagsIn(own.tree, words, now)) === verdict) return 'service';
    return verdictOf(this.blocklists.listFlagsOf(words, now)) === verdict ? 'lists' : 'bans';
  }
}

/** Of bits of {@link BlockFlag}; null: nothing that decides. */
function verdictOf(flags: number): BlockVerdict | null {
  if ((flags & BlockFlag.allowed) !== 0) return 'allowed';
  if ((flags & BlockFlag.blocked) !== 0) return 'blocked';
  return (flags & BlockFlag.shadow) !== 0 ? 'shadow' : null;
}

function compile({ blocklist, allowlist }: BlockSettings): AddressTree {
  const draft = new TreeDraft();
  for (const { cidr, expiresAt, shadow } of blocklist) {
    draft.add(cidr, { flags: shadow ? BlockFlag.shadow : BlockFlag.blocked, expiresAt });
  }
  for (const { cidr, expiresAt } of allowlist) draft.add(cidr, { flags: BlockFlag.allowed, expiresAt });
  return new AddressTree(runWhole(draft.build()));
}
