import type { PickContext } from '../pick-context.js';
import { HASH_START, hashText } from '../text-hash.js';
import { HashAlgorithm } from './hash.algorithm.js';

/** The same path and query, the same backend: for backends that cache. An empty query counts as none. */
export class UrlHashAlgorithm extends HashAlgorithm {
  protected override hashOf(context: PickContext): number {
    const path = hashText(context.path, HASH_START);
    return context.query === '' ? path : hashText(context.query, hashText('?', path));
  }
}
