import type { PickContext } from '../pick-context.js';
import { HASH_START, hashText } from '../text-hash.js';
import { HashAlgorithm } from './hash.algorithm.js';

/** The same client address, the same backend. */
export class IpHashAlgorithm extends HashAlgorithm {
  protected override hashOf(context: PickContext): number {
    return hashText(context.client, HASH_START);
  }
}
