import { type DropReason, QueueCell, type Snapshot } from '../../../common/contract/index.js';
import { NO_QUEUE, type QueuePolicy } from '../../../common/contract/policies/index.js';
import type { Exchange } from '../exchange.js';
import type { Gate, GateFlow, WAITS } from '../policies/gate.js';
import { PermitPool } from './permit.pool.js';
import { type QueueParts, type ServiceLine, TurnPlace } from './turn.place.js';

/**
 * Lets no more exchanges run at a service than its `maxInFlight`, over all workers; others wait here. A permit is held
 * until the exchange is over, pauses between attempts included.
 */
export class QueueGate extends TurnPlace implements Gate {
  readonly name = 'queue';
  private readonly permits: PermitPool;
  /** By slot; only services with a limit. */
  private policies: ReadonlyMap<number, QueuePolicy> = new Map();

  constructor(parts: QueueParts) {
    super(parts, QueueCell.permitHead, true);
    this.permits = new PermitPool(parts.memory, parts.worker);
  }

  use({ services }: Snapshot): void {
    const limited = services.filter(({ policies }) => policies.queue.maxInFlight > 0);
    this.policies = new Map(limited.map(({ slot, policies }) => [slot, policies.queue]));
    this.renew((slot) => this.policies.get(slot) ?? NO_QUEUE);
  }

  enter(exchange: Exchange, flow: GateFlow): DropReason | null | typeof WAITS {
    const { policies, slot } = exchange.settings;
    const { maxInFlight, size, shadow } = policies.queue;
    if (maxInFlight === 0) return null;
    if (shadow) return this.note(exchange, maxInFlight + size);
    // Nobody passes those that wait, be it at another worker.
    if (!this.parts.places.areAwaited(slot) && this.permits.take(slot, maxInFlight)) {
      exchange.holdsPermit = true;
      return null;
    }
    return this.queue(exchange, flow);
  }

  leave(exchange: Exchange): void {
    if (!exchange.holdsPermit) return;
    exchange.holdsPermit = false;
    const { slot } = exchange.settings;
    this.permits.giveBack(slot);
    if (this.parts.places.areAwaited(slot)) this.freed(slot);
  }

  /** A service without a limit, or one that is gone, keeps nobody. */
  protected override isFree({ slot, policy }: ServiceLine): boolean {
    return policy.maxInFlight === 0 || policy.shadow || this.permits.isFree(slot, policy.maxInFlight);
  }

  protected override take({ slot, policy }: ServiceLine, exchange: Exchange): boolean {
    if (policy.maxInFlight === 0) return true;
    if (policy.shadow) this.permits.takeBeyond(slot);
    else if (!this.permits.take(slot, policy.maxInFlight)) return false;
    exchange.holdsPermit = true;
    return true;
  }

  /** Counts it, and what would have been refused: whatever neither runs nor waits. */
  private note(exchange: Exchange, room: number): null {
    exchange.holdsPermit = true;
    if (this.permits.takeBeyond(exchange.settings.slot) > room) exchange.shadowReason ??= 'queue_full';
    return null;
  }
}
