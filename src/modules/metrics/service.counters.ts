import {
  LATENCY_BUCKETS,
  LEDGER_CELLS,
  LedgerCell,
  SERVICE_CELLS,
  ServiceCell,
  type SharedMemory,
} from '../../common/contract/index.js';
import { WorkerSums } from './worker.sums.js';

/** What the shared memory has of services, over all workers, by slot. Reading it costs the workers nothing. */
export class ServiceCounters {
  readonly ledger: WorkerSums;
  /** Responses by latency bucket. */
  readonly latency: WorkerSums;

  constructor(private readonly memory: SharedMemory) {
    this.ledger = new WorkerSums(
      memory.workers.map((own) => own.serviceLedger),
      LEDGER_CELLS,
    );
    this.latency = new WorkerSums(
      memory.workers.map((own) => own.serviceLatency),
      LATENCY_BUCKETS,
    );
  }

  received(slot: number): number {
    return this.ledger.at(slot, LedgerCell.received);
  }

  /** Requests that run or wait at this moment. */
  inFlight(slot: number): number {
    return this.cell(slot, ServiceCell.inFlight);
  }

  /** Those of them that wait. */
  waiting(slot: number): number {
    return this.cell(slot, ServiceCell.waiting);
  }

  private cell(slot: number, cell: number): number {
    return Atomics.load(this.memory.services, slot * SERVICE_CELLS + cell);
  }
}
