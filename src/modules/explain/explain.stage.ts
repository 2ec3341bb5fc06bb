import type {
  BlockImages,
  DecisionRecord,
  DropReason,
  QueuePlace,
  SharedMemory,
  Snapshot,
} from '../../common/contract/index.js';
import { Balancer, type ServiceRuntime } from '../balancer/index.js';
import {
  Blocklists,
  decisionOf,
  Exchange,
  makePolicies,
  makeTrafficParts,
  Pipeline,
} from '../proxy/index.js';
import { type AskedRequest, headOf } from './asked.request.js';
import { privateMemory } from './private-memory.js';

/** What would become of a request now. */
export interface Outcome {
  /** null: no route was found. */
  readonly service: string | null;
  /** What the balancer itself would answer; null: a backend would. */
  readonly status: number | null;
  readonly dropReason: DropReason | null;
  readonly shadowReason: DropReason | null;
  readonly fallbackFrom: string | null;
  /** Where it would wait at first; null: nowhere. */
  readonly waitsAt: QueuePlace | null;
  /** Where it would be redirected to; null: nowhere. */
  readonly location: string | null;
  readonly backend: { readonly id: string; readonly url: string } | null;
  readonly group: string | null;
  /** Address that it would be known by, after `trustedProxies`. */
  readonly client: string;
}

/** A backend's share of what would be picked next, where chance decides. */
export interface Chance {
  readonly id: string;
  readonly url: string;
  /** 0 to 1. */
  readonly share: number;
}

export interface Explained {
  readonly outcome: Outcome;
  readonly decision: DecisionRecord;
  /** The likeliest first; empty where it is certain, or nobody would be picked. */
  readonly chances: readonly Chance[];
  /** Generation of the snapshot that would decide. */
  readonly generation: number;
}

/** So many picks tell a share to about a hundredth. */
const TRIES = 2_000;
/** Chances that are told. */
const TOLD = 32;
const BY_CHANCE: ReadonlySet<string> = new Set(['random', 'power-of-two-choices', 'peak-ewma']);

/**
 * Decides a request that nobody has made by the pipeline that serves traffic, over a copy of what all threads share: what
 * would happen now, without any counter being moved. Nothing is sent anywhere.
 */
export class ExplainStage {
  private readonly balancer: Balancer;
  private readonly pipeline: Pipeline;

  constructor(memory: SharedMemory, snapshot: Snapshot, blockImages: BlockImages) {
    const own = privateMemory(memory, snapshot);
    const balancer = new Balancer(own, 0);
    this.balancer = balancer;
    this.pipeline = new Pipeline({
      balancer,
      worker: 0,
      cells: own.workers[0]!,
      recorder: { record: () => undefined },
      policies: makePolicies(own, 0, new Blocklists(blockImages)),
      ...makeTrafficParts(own, 0, { balancer }),
      onError: (error) => {
        throw error;
      },
    });
    this.pipeline.use(snapshot);
  }

  explain(request: AskedRequest): Explained {
    const told: { outcome: Outcome | null; decision: DecisionRecord | null } = {
      outcome: null,
      decision: null,
    };
    const tell = (isWaiting: boolean) => {
      told.outcome ??= outcomeOf(exchange, isWaiting);
      told.decision ??= decisionOf(exchange, 'asked', this.balancer);
    };
    const exchange = new Exchange(
      { lane: 'wire', attempt: () => tell(false), refuse: () => tell(false), park: () => tell(true) },
      headOf(request),
    );
    this.pipeline.start(exchange);
    const { service, backend } = exchange;
    // Whatever it holds or waits for is given back: nobody goes on with it.
    this.pipeline.clientClosed(exchange);
    const { outcome, decision } = told;
    if (outcome === null || decision === null) throw new Error('The pipeline has decided nothing.');
    const isByChance = service !== null && backend !== null && BY_CHANCE.has(service.snapshot.algorithm.name);
    const chances = isByChance ? this.chances(service, exchange) : [];
    return { outcome, decision, chances, generation: this.balancer.generation };
  }

  /** By trying: the algorithm itself tells how often it would pick whom. */
  private chances(service: ServiceRuntime, exchange: Exchange): Chance[] {
    const counts = new Map<string, number>();
    exchange.takesTrials = false;
    exchange.tried.length = 0;
    for (let turn = 0; turn < TRIES; turn++) {
      const backend = this.balancer.pick(service, exchange);
      if (backend === null) break;
      this.balancer.release(service, backend);
      counts.set(backend.snapshot.id, (counts.get(backend.snapshot.id) ?? 0) + 1);
    }
    return service.backends
      .map(({ snapshot: { id, url } }) => ({ id, url, share: (counts.get(id) ?? 0) / TRIES }))
      .filter(({ share }) => share > 0)
      .sort((a, b) => b.share - a.share)
      .slice(0, TOLD);
  }
}

function outcomeOf(exchange: Exchange, isWaiting: boolean): Outcome {
  const { service, dropReason, answer, backend, group } = exchange;
  const location = answer === null ? -1 : answer.headers.indexOf('Location');
  return {
    service: service === null ? null : service.snapshot.name,
    status: dropReason === null ? null : exchange.status,
    dropReason,
    shadowReason: exchange.shadowReason,
    fallbackFrom: exchange.fallbackFrom,
    waitsAt: isWaiting ? exchange.queuePlace : null,
    location: location < 0 ? null : answer!.headers[location + 1]!,
    backend: isWaiting || backend === null ? null : { id: backend.snapshot.id, url: backend.snapshot.url },
    group: group === '' ? null : group,
    client: exchange.client,
  };
}
