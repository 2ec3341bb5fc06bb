import {
  type DropReason,
  monotonicMs,
  type OutageTeller,
  ServiceCircuits,
  type SharedMemory,
} from '../../../../common/contract/index.js';
import type { Exchange } from '../../exchange.js';
import type { Gate } from '../gate.js';

/**
 * The breaker of a service as a whole: while it is open nothing goes on to a backend, and once its time is over so many
 * exchanges as it asks for are let through as trials. Costs one atomic load while it is closed.
 */
export class CircuitGate implements Gate {
  readonly name = 'circuit-breaker';
  private readonly circuits: ServiceCircuits;

  constructor(memory: SharedMemory, worker: number, tell?: OutageTeller) {
    this.circuits = new ServiceCircuits(memory, worker, tell);
  }

  enter(exchange: Exchange): DropReason | null {
    const { settings } = exchange;
    const { circuit } = settings.policies.breaker;
    if (circuit === null || !circuit.perService || this.circuits.isClosed(settings)) return null;
    const nowMs = monotonicMs();
    exchange.breakerSeen = this.circuits.isHalfOpen(settings) ? 'half-open' : 'open';
    if (this.circuits.mayTry(settings, nowMs)) {
      exchange.isServiceTrial = true;
      return null;
    }
    // Another worker may have closed it in between.
    if (this.circuits.isClosed(settings)) return null;
    if (circuit.shadow) {
      exchange.shadowReason ??= 'circuit_open';
      return null;
    }
    exchange.retryAfterMs = this.circuits.opensForMs(settings, nowMs);
    return 'circuit_open';
  }
}
