import { runWhole, TreeDraft } from '../../src/common/addresses/index.js';
import { BlockFlag, type BlockImage } from '../../src/common/contract/index.js';

export interface ImagedNetwork {
  readonly cidr: string;
  /** Default: blocked. */
  readonly effect?: keyof typeof BlockFlag;
  /** Unix milliseconds. Default: never. */
  readonly expiresAt?: number;
}

/** An image as the main thread builds it. */
export function blockImage(...networks: readonly (string | ImagedNetwork)[]): BlockImage {
  const draft = new TreeDraft();
  for (const network of networks) {
    const {
      cidr,
      effect = 'blocked',
      expiresAt = 0,
    } = typeof network === 'string' ? { cidr: network } : network;
    draft.add(cidr, { flags: BlockFlag[effect], expiresAt });
  }
  return { buffer: runWhole(draft.build()) };
}
