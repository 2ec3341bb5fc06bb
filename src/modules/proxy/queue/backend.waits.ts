import {
  type AttemptOutcome,
  type DropReason,
  SERVICE_CELLS,
  ServiceCell,
  type SharedMemory,
} from '../../../common/contract/index.js';
import { type Balancer, type BackendRuntime, hasOtherThan } from '../../balancer/index.js';
import type { Exchange, WaitingPlace } from '../exchange.js';
import type { OutcomeObserver } from '../outcomes/outcome.observer.js';
import { type GateFlow, WAITS } from '../policies/gate.js';
import { BackendTurns } from './backend.turns.js';
import { HoldPlace } from './hold.place.js';
import type { QueueParts } from './turn.place.js';

/** What becomes of exchanges that have passed all gates and find no backend: all are full, or none can be reached. */
export class BackendWaits implements OutcomeObserver {
  private readonly memory: SharedMemory;
  private readonly turns: BackendTurns;
  private readonly held: HoldPlace;

  constructor(parts: QueueParts) {
    this.memory = parts.memory;
    this.turns = new BackendTurns(parts);
    this.held = new HoldPlace(parts);
  }

  /** As {@link Balancer.pick}; none for an exchange before which others wait. */
  pick(exchange: Exchange, balancer: Balancer): BackendRuntime | null {
    const { queue } = exchange.settings.policies;
    const service = exchange.service!;
    if (!queue.limitsBackends) return balancer.pick(service, exchange);
    if (queue.shadow) this.note(exchange, queue.size);
    else if (this.turns.isBehind(exchange)) return null;
    return balancer.pick(service, exchange);
  }

  /** No backend was found: where the exchange waits from now on, or what it is dropped for. */
  noneFound(exchange: Exchange, reason: DropReason, flow: GateFlow): WaitingPlace | DropReason {
    const { queue } = exchange.settings.policies;
    // One that it has not tried and that was not picked is full.
    if (!queue.limitsBackends || queue.shadow || !hasUntried(exchange)) {
      return this.noneReached(exchange, reason, flow);
    }
    const verdict = this.turns.enter(exchange, flow);
    return verdict === WAITS ? this.turns : verdict;
  }

  /** The same when no further attempt is made now, and a later one would be safe. */
  noneReached(exchange: Exchange, reason: DropReason, flow: GateFlow): WaitingPlace | DropReason {
    const { holdMs, size, shadow } = exchange.settings.policies.queue;
    if (holdMs === 0 || size === 0 || shadow) return reason;
    return this.held.enter(exchange, reason, flow) ?? this.held;
  }

  responded(exchange: Exchange): void {
    this.held.responded(exchange);
  }

  attemptEnded(exchange: Exchange, outcome: AttemptOutcome): void {
    this.turns.attemptEnded(exchange, outcome);
  }

  /** In shadow: would it be more than run and wait? The count does not have this one yet. */
  private note(exchange: Exchange, size: number): void {
    const service = exchange.service!;
    let room = size;
    for (const { snapshot } of service.rotations.current().backends) {
      if (snapshot.maxInFlight === 0) return;
      room += snapshot.maxInFlight;
    }
    const cell = service.snapshot.slot * SERVICE_CELLS + ServiceCell.inFlight;
    if (Atomics.load(this.memory.services, cell) >= room) exchange.shadowReason ??= 'queue_full';
  }
}

function hasUntried({ service, tried }: Exchange): boolean {
  return hasOtherThan(service!.rotations.current(), tried);
}
