import {
  type AttemptOutcome,
  type DropReason,
  QueueCell,
  type SharedMemory,
} from '../../../common/contract/index.js';
import { hasRoom } from '../../balancer/index.js';
import type { Exchange } from '../exchange.js';
import type { OutcomeObserver } from '../outcomes/outcome.observer.js';
import type { GateFlow, WAITS } from '../policies/gate.js';
import { type QueueParts, type ServiceLine, TurnPlace } from './turn.place.js';

/** Where exchanges wait while every backend that they may go to runs as many as it may. */
export class BackendTurns extends TurnPlace implements OutcomeObserver {
  /** Whose turn it is just now. */
  private served: Exchange | null = null;

  constructor(parts: QueueParts) {
    super(parts, QueueCell.backendHead, false);
  }

  /** Whether others of its service wait here, so that it has to wait behind them. */
  isBehind(exchange: Exchange): boolean {
    return exchange !== this.served && this.hasLine(exchange.settings.slot);
  }

  enter(exchange: Exchange, flow: GateFlow): DropReason | typeof WAITS {
    return this.queue(exchange, flow);
  }

  attemptEnded(exchange: Exchange, _outcome: AttemptOutcome): void {
    const { slot, policies } = exchange.settings;
    if (policies.queue.limitsBackends && this.parts.places.areTaken(slot)) this.freed(slot);
  }

  protected override isFree(_line: ServiceLine, exchange: Exchange): boolean {
    return !areAllFull(this.parts.memory, exchange);
  }

  /** The pick that follows takes it; who comes too late comes back to its place. */
  protected override take(_line: ServiceLine, exchange: Exchange): boolean {
    this.served = exchange;
    return true;
  }
}

/** Whether there are backends that it has not tried, and each of them is full. */
export function areAllFull(memory: SharedMemory, { service, tried }: Exchange): boolean {
  const { backends } = service!.rotations.current();
  let areThere = false;
  for (let index = 0; index < backends.length; index++) {
    const backend = backends[index]!;
    if (tried.includes(backend)) continue;
    if (hasRoom(memory, backend)) return false;
    areThere = true;
  }
  return areThere;
}
