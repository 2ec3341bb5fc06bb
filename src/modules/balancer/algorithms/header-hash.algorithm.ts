import type { PickContext } from '../pick-context.js';
import { HASH_START, hashText } from '../text-hash.js';
import type { AlgorithmScope } from './algorithm.js';
import { HashAlgorithm } from './hash.algorithm.js';

/** The same value of one request header, the same backend. Without the header, or empty, the client address decides. */
export class HeaderHashAlgorithm extends HashAlgorithm {
  private readonly header: string;

  constructor(scope: AlgorithmScope) {
    super(scope);
    this.header = scope.service.algorithm.header;
  }

  protected override hashOf(context: PickContext): number {
    return hashText(context.header(this.header) || context.client, HASH_START);
  }
}
