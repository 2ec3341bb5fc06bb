import type { DropReason, Snapshot } from '../../common/contract/index.js';
import type { Balancer } from '../balancer/index.js';
import type { ExchangeLedger } from './exchange-ledger.js';
import type { Exchange } from './exchange.js';
import { PathOverrides } from './overrides/path.overrides.js';
import type { Policy } from './policies/policy.js';
import { ShapingTable } from './shaping/shaping.table.js';
import { ReceivePhase } from './receive/receive.phase.js';

/**
 * What a snapshot makes of an exchange before a backend is picked: who asks for what, which service it is for, and
 * whether a policy refuses it. The pipeline serves by it, and a replay of recorded exchanges asks the same.
 */
export class ExchangeDecider {
  private readonly receivePhase = new ReceivePhase();
  private readonly overrides = new PathOverrides();
  private readonly shaping = new ShapingTable();

  constructor(
    private readonly balancer: Balancer,
    /** In the order they are asked. */
    private readonly policies: readonly Policy[],
    private readonly ledger: ExchangeLedger,
  ) {}

  /** Decides by another snapshot from now on, the balancer included. */
  use(snapshot: Snapshot): void {
    // First, as it refuses a snapshot that does not fit the shared memory: then all goes on as before.
    this.balancer.use(snapshot);
    for (const policy of this.policies) policy.use?.(snapshot);
    this.receivePhase.use(snapshot);
    this.overrides.use(snapshot);
    this.shaping.use(snapshot);
  }

  /** Fills in the exchange, its service included; returns why it must be dropped, or null: a backend can be picked. */
  decide(exchange: Exchange): DropReason | null {
    const refusal = this.receivePhase.receive(exchange) ?? this.route(exchange) ?? this.admit(exchange);
    if (refusal === null && exchange.shaping !== null) exchange.shaping.prepare(exchange);
    return refusal;
  }

  /** Fills in what can be known of a request whose head was refused. */
  identify(exchange: Exchange): void {
    this.receivePhase.identify(exchange);
  }

  private route(exchange: Exchange): DropReason | null {
    const service = this.balancer.route(exchange.host, exchange.path === '*' ? '/' : exchange.path);
    if (service === null) return 'no_route';
    exchange.service = service;
    exchange.timeouts = service.snapshot.timeouts;
    exchange.retries = service.snapshot.retries;
    if (service.snapshot.policies.overrides.rules.length > 0) this.overrides.apply(exchange);
    exchange.shaping = this.shaping.of(service.snapshot.name);
    exchange.generation = this.balancer.generation;
    this.ledger.routed(service.snapshot.slot);
    return null;
  }

  private admit(exchange: Exchange): DropReason | null {
    const { policies } = this;
    for (let index = 0; index < policies.length; index++) {
      const reason = policies[index]!.admit(exchange);
      if (reason !== null) return reason;
    }
    return null;
  }
}
