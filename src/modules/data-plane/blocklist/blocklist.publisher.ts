import { AddressTree, networkText, NetworkReader, runInSlices } from '../../../common/addresses/index.js';
import {
  type Ban,
  type BanReceiver,
  BlockFlag,
  type BlockImage,
  type BlockImageKind,
  type BlockImages,
  type GlobalPolicies,
  NO_BLOCK_IMAGES,
  type ServiceSettings,
} from '../../../common/contract/index.js';
import type { BlocklistReceiver } from '../data-plane.js';
import type { SupervisorLog } from '../supervisor-options.js';
import type { FeedState, FeedTiming } from './feed.file.js';
import { FeedFiles } from './feed.files.js';
import { buildBans, buildLists, type GlobalLists, type ListsImage, type RowOrigin } from './image.builds.js';
import { ImageWork } from './image.work.js';

/** The part of a desired state that says who is blocked everywhere. */
export interface ListedState {
  readonly globals: Pick<GlobalPolicies, 'blocklist' | 'allowlist' | 'blocklistFiles'>;
  readonly services: readonly Pick<ServiceSettings, 'name' | 'policies'>[];
}

/** What the data plane blocks now. */
export interface BlocklistStatus {
  /** Networks in the image of the lists, those of files and allowlists included. */
  readonly entries: number;
  readonly bans: number;
  /** Memory of both images. */
  readonly bytes: number;
  readonly files: readonly FeedStatus[];
}

export interface FeedStatus {
  readonly path: string;
  /** Networks that count now. */
  readonly entries: number;
  /** Unix milliseconds; 0: never. */
  readonly loadedAt: number;
  /** Why the file as it is now does not count; empty: it does. */
  readonly problem: string;
}

/** A network of the lists that an address lies in. */
export interface ListMatch extends RowOrigin {
  readonly cidr: string;
  /** Unix milliseconds; 0: never. */
  readonly expiresAt: number;
  readonly effect: 'blocked' | 'shadow' | 'allowed' | 'spared';
}

const NO_LISTS: GlobalLists = { blocklist: [], allowlist: [], blocklistFiles: [], spared: [] };

/**
 * Builds the images of what is blocked, and publishes each when it changed: the lists of the configuration with their files,
 * and the bans. Neither costs a snapshot, nor the one the other.
 */
export class BlocklistPublisher implements BanReceiver {
  images: BlockImages = NO_BLOCK_IMAGES;
  private receiver: BlocklistReceiver | null = null;
  private lists = NO_LISTS;
  private print = JSON.stringify(NO_LISTS);
  private origins: readonly RowOrigin[] = [];
  private banned = 0;
  private readonly feeds: FeedFiles;
  private readonly listWork = new ImageWork((image) => this.publish('lists', image));
  private readonly banWork = new ImageWork((image) => this.publish('bans', image));

  constructor(
    private readonly log: SupervisorLog,
    timing?: FeedTiming,
  ) {
    this.feeds = new FeedFiles((state) => this.onFeed(state), timing);
  }

  connect(receiver: BlocklistReceiver): void {
    this.receiver = receiver;
    receiver.receiveBlocklist('lists', this.images.lists);
    receiver.receiveBlocklist('bans', this.images.bans);
  }

  /** From now on the lists of this state. Short lists are published before this returns. */
  useLists(state: ListedState): void {
    const lists = listsOf(state);
    const print = JSON.stringify(lists);
    if (print === this.print) return;
    this.print = print;
    this.lists = lists;
    this.feeds.use(lists.blocklistFiles);
    this.rebuild();
  }

  useBans(bans: readonly Ban[]): void {
    this.banned = bans.length;
    this.banWork.start(
      buildBans(bans, ({ id, cidr }) =>
        this.log.error({ ban: id, cidr }, 'a ban that names no network is left out'),
      ),
    );
  }

  /** The images that would serve with another state: files that are not read now hold nothing. */
  async imagesFor(state: ListedState): Promise<BlockImages> {
    const lists = listsOf(state);
    if (JSON.stringify(lists) === this.print) return this.images;
    const named = new Set(lists.blocklistFiles);
    const feeds = this.feeds.states().filter(({ path }) => named.has(path));
    return { ...this.images, lists: (await runInSlices(buildLists(lists, feeds))).image };
  }

  /** Resolves when all files have been read that are to be read now, and what was read is published. */
  async settled(): Promise<void> {
    await this.feeds.looked();
    await this.listWork.settled();
    await this.banWork.settled();
  }

  status(): BlocklistStatus {
    const { lists, bans } = this.images;
    return {
      entries: lists === null ? 0 : new AddressTree(lists.buffer).size,
      bans: this.banned,
      bytes: (lists?.buffer.byteLength ?? 0) + (bans?.buffer.byteLength ?? 0),
      files: this.feeds.states().map(({ path, networks, loadedAt, problem }) => ({
        path,
        entries: networks?.size ?? 0,
        loadedAt,
        problem,
      })),
    };
  }

  /** The networks of the lists around an address or network, the smallest first; empty for what is no address. */
  matches(address: string): readonly ListMatch[] {
    const reader = new NetworkReader();
    const { lists } = this.images;
    if (lists === null || reader.readText(address) !== null) return [];
    const tree = new AddressTree(lists.buffer);
    const found: ListMatch[] = [];
    for (let entry = tree.find(reader.words); entry >= 0; entry = tree.parentOf(entry)) {
      if (tree.networkOf(entry).bits <= reader.bits) found.push(this.matchOf(tree, entry));
    }
    return found;
  }

  /** Reads no file any more. */
  close(): void {
    this.feeds.close();
  }

  private matchOf(tree: AddressTree, entry: number): ListMatch {
    const row = tree.rowOf(entry);
    const flags = tree.flagsOf(row);
    const effect = (Object.keys(BlockFlag) as (keyof typeof BlockFlag)[]).find(
      (name) => flags & BlockFlag[name],
    );
    return {
      ...this.origins[row]!,
      cidr: networkText(tree.networkOf(entry)),
      expiresAt: tree.expiryOf(row),
      effect: effect ?? 'blocked',
    };
  }

  private onFeed({ path, networks, problem }: FeedState): void {
    if (problem !== '') {
      const kept = networks === null ? 'nothing of it is blocked' : 'what it held before stays';
      this.log.error({ file: path, reason: problem }, `block list refused, ${kept}`);
      return;
    }
    this.log.info({ file: path, entries: networks!.size }, 'block list read');
    this.rebuild();
  }

  private rebuild(): void {
    this.listWork.start(this.listsImage());
  }

  private *listsImage() {
    const built: ListsImage = yield* buildLists(this.lists, this.feeds.states());
    this.origins = built.origins;
    return built.image;
  }

  private publish(kind: BlockImageKind, image: BlockImage | null): void {
    this.images = { ...this.images, [kind]: image };
    this.receiver?.receiveBlocklist(kind, image);
  }
}

function listsOf({ globals, services }: ListedState): GlobalLists {
  const { blocklist, allowlist, blocklistFiles } = globals;
  const spared = services
    .filter(({ policies }) => policies.block.allowlist.length > 0)
    .map(({ name, policies }) => ({ service: name, allowlist: policies.block.allowlist }));
  return { blocklist, allowlist, blocklistFiles, spared };
}
