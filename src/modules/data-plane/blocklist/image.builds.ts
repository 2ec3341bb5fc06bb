import { type TreeRow, TreeDraft } from '../../../common/addresses/index.js';
import {
  type AddressEntry,
  type Ban,
  BlockFlag,
  type BlockImage,
  type GlobalPolicies,
} from '../../../common/contract/index.js';
import type { FeedState } from './feed.file.js';
import type { ImageBuild } from './image.work.js';

/** The lists of the configuration. */
export interface GlobalLists extends Pick<GlobalPolicies, 'blocklist' | 'allowlist' | 'blocklistFiles'> {
  /** Whom services let through though they may be blocked elsewhere. */
  readonly spared: readonly ServiceAllowlist[];
}

export interface ServiceAllowlist {
  readonly service: string;
  readonly allowlist: readonly AddressEntry[];
}

/** What a row of an image stands for. */
export interface RowOrigin {
  /** Where it is listed: `blocklist`, `allowlist`, `services.NAME.allowlist`, or the path of a file. */
  readonly list: string;
  readonly note: string;
}

/** Entries after which others of the thread may run. */
const SLICE = 1_024;

/** An image, and what its rows stand for. */
export interface ListsImage {
  readonly image: BlockImage | null;
  readonly origins: readonly RowOrigin[];
}

/** The image of the lists and of what the files held when they were last right. */
export function* buildLists(
  { blocklist, allowlist, spared }: GlobalLists,
  feeds: readonly FeedState[],
): Generator<void, ListsImage, void> {
  const draft = new TreeDraft();
  const origins: RowOrigin[] = [];
  const add = (list: string, entry: AddressEntry, flags: number) => {
    draft.add(entry.cidr, { flags, expiresAt: entry.expiresAt });
    origins.push({ list, note: entry.note });
  };
  for (const entry of blocklist) add('blocklist', entry, entry.shadow ? BlockFlag.shadow : BlockFlag.blocked);
  yield;
  for (const entry of allowlist) add('allowlist', entry, BlockFlag.allowed);
  yield;
  for (const { service, allowlist: entries } of spared) {
    for (const entry of entries) add(`services.${service}.allowlist`, entry, BlockFlag.spared);
    yield;
  }
  for (const { path, networks } of feeds) {
    if (networks === null) continue;
    draft.addAll(networks, { flags: BlockFlag.blocked, expiresAt: 0 });
    origins.push({ list: path, note: '' });
  }
  return { image: yield* finish(draft), origins };
}

/** @param refuse Is told of a ban that names no network, which is left out. */
export function* buildBans(bans: readonly Ban[], refuse: (ban: Ban) => void): ImageBuild {
  const draft = new TreeDraft();
  for (const [index, ban] of bans.entries()) {
    if (index % SLICE === SLICE - 1) yield;
    const row: TreeRow = {
      flags: ban.shadow ? BlockFlag.shadow : BlockFlag.blocked,
      expiresAt: ban.expiresAt,
    };
    if (!draft.tryAdd(ban.cidr, row)) refuse(ban);
  }
  return yield* finish(draft);
}

function* finish(draft: TreeDraft): ImageBuild {
  return draft.size === 0 ? null : { buffer: yield* draft.build() };
}
