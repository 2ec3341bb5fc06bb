import { AddressTree } from '../../../../common/addresses/index.js';
import {
  BlockFlag,
  type BlockImage,
  type BlockImageKind,
  type BlockImages,
  NO_BLOCK_IMAGES,
} from '../../../../common/contract/index.js';
import { AddressKey } from '../../connections/address.key.js';
import { peerAddress, TrustedProxies } from '../../receive/trusted-proxies.js';

/** Let through wherever it asks, or not to be closed before it is known what it asks for. */
const NOT_AT_ACCEPT = BlockFlag.allowed | BlockFlag.spared;

/** Who is blocked and allowed everywhere, for the policy and for the listeners of one thread. */
export class Blocklists {
  /** Whether there is anything to look up; false costs this one check. */
  isActive = false;
  private lists: AddressTree | null = null;
  private bans: AddressTree | null = null;
  private trusted = new TrustedProxies([]);
  private readonly key = new AddressKey();

  constructor(images: BlockImages = NO_BLOCK_IMAGES) {
    this.swap('lists', images.lists);
    this.swap('bans', images.bans);
  }

  swap(kind: BlockImageKind, image: BlockImage | null): void {
    this[kind] = image === null ? null : new AddressTree(image.buffer);
    this.isActive = this.lists !== null || this.bans !== null;
  }

  /** Peers that speak for others are never closed at accept. */
  useTrustedProxies(entries: readonly string[]): void {
    this.trusted = new TrustedProxies(entries);
  }

  /**
   * What is said of an address now: bits of {@link BlockFlag}.
   *
   * @param words As an {@link AddressKey} holds them.
   * @param now Unix milliseconds. Nothing is remembered: a clock that jumps is wrong only for as long as it is.
   */
  flagsOf(words: Int32Array, now: number): number {
    let flags = 0;
    if (this.lists !== null) flags = flagsIn(this.lists, words, now);
    if (this.bans !== null) flags |= flagsIn(this.bans, words, now);
    return flags;
  }

  /** The same by the lists alone, without what is banned. */
  listFlagsOf(words: Int32Array, now: number): number {
    return this.lists === null ? 0 : flagsIn(this.lists, words, now);
  }

  /** Whether a connection from this peer is closed at once, now. */
  closes(peer: string): boolean {
    if (!this.key.read(peer)) return false;
    const flags = this.flagsOf(this.key.words, Date.now());
    if ((flags & BlockFlag.blocked) === 0 || (flags & NOT_AT_ACCEPT) !== 0) return false;
    return !this.trusted.trusts(peerAddress(peer));
  }
}

/** What the networks of a tree around an address say that have not expired. */
export function flagsIn(tree: AddressTree, words: Int32Array, now: number): number {
  let flags = 0;
  for (let entry = tree.find(words); entry >= 0; entry = tree.parentOf(entry)) {
    const row = tree.rowOf(entry);
    const expiry = tree.expiryOf(row);
    if (expiry === 0 || now < expiry) flags |= tree.flagsOf(row);
  }
  return flags;
}
