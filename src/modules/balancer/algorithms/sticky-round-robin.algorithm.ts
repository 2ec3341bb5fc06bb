import { AffinityCookie } from '../affinity-cookie.js';
import type { PickContext } from '../pick-context.js';
import { EMPTY_ROTATION, type Rotation } from '../rotation.js';
import type { BackendRuntime } from '../backend-runtime.js';
import { Rule } from '../trace/pick.trace.js';
import { TurnTaker } from '../turn.taker.js';
import type { Algorithm, AlgorithmScope } from './algorithm.js';

/**
 * New clients take weighted turns; a signed cookie then keeps each at its backend for as long as that is in rotation.
 * A draining backend is not: it finishes what runs, and its clients move on with their next request (affinity
 * `fallback`, and a new cookie).
 */
export class StickyRoundRobinAlgorithm implements Algorithm {
  readonly exclusive = false;
  private readonly taker: TurnTaker;
  private cookie: AffinityCookie | null = null;
  private rotation: Rotation = EMPTY_ROTATION;
  private members: ReadonlySet<BackendRuntime> = new Set();

  constructor(private readonly scope: AlgorithmScope) {
    this.taker = new TurnTaker(scope);
  }

  pick(rotation: Rotation, context: PickContext, avoid: readonly BackendRuntime[]): BackendRuntime {
    // Signed at the first pick: loading 10,000 sticky backends must not wait for 10,000 signatures.
    this.cookie ??= new AffinityCookie(this.scope);
    if (rotation !== this.rotation) this.adopt(rotation);
    const header = context.header('cookie');
    const own = header === undefined ? null : this.cookie.read(header);
    context.trace.named = own;
    if (own !== null && this.members.has(own) && !avoid.includes(own)) {
      context.affinity = 'hit';
      context.affinityCookie = '';
      context.trace.rule = Rule.affinity;
      return own;
    }
    const backend = this.taker.take(rotation, rotation.weights, avoid, context.trace);
    context.affinity = own === null ? 'new' : 'fallback';
    context.affinityCookie = this.cookie.setCookie(backend);
    return backend;
  }

  private adopt(rotation: Rotation): void {
    this.rotation = rotation;
    this.members = new Set(rotation.backends);
  }
}
