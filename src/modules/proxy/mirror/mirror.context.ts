import type { AffinityResult } from '../../../common/contract/index.js';
import { type BackendRuntime, type PickContext, PickTrace } from '../../balancer/index.js';
import type { Exchange } from '../exchange.js';

/** Nobody asks why a copy went where it went. */
const UNTOLD = new PickTrace();

/** An exchange as the algorithm of its mirror sees it: what it learnt at its own service is not known there. */
export class MirrorContext implements PickContext {
  readonly client: string;
  readonly path: string;
  readonly query: string;
  readonly tried: readonly BackendRuntime[] = [];
  affinity: AffinityResult = 'none';
  affinityCookie = '';
  group = '';
  groupCookie = '';
  isTrial = false;
  /** Nobody watches how a copy goes. */
  readonly takesTrials = false;
  readonly trace = UNTOLD;

  constructor(private readonly exchange: Exchange) {
    this.client = exchange.client;
    this.path = exchange.path;
    this.query = exchange.query;
  }

  header(name: string): string | undefined {
    return this.exchange.header(name);
  }
}
