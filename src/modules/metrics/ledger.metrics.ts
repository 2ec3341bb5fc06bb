import {
  DROP_REASON_CELLS,
  DROP_REASON_NAMES,
  DROP_REASONS,
  LEDGER_CELLS,
  LedgerCell,
  type SharedMemory,
} from '../../common/contract/index.js';
import type { PublishedService } from '../data-plane/index.js';
import { type ExpositionWriter, labelText } from './exposition.writer.js';
import { DROP_CELLS, RoutedDrops } from './routed.drops.js';
import { counters, type SlotMetric } from './slot.metric.js';
import { WorkerSums } from './worker.sums.js';

/** The balance of exchanges, over everything; and drops, also those that belong to no service. */
export class LedgerMetrics {
  private readonly all: WorkerSums;
  private readonly byService: WorkerSums;
  private readonly shadow: WorkerSums;
  private readonly routed: RoutedDrops;
  /** What the series of drops before a route showed last: they are a difference, and must not go back by a race. */
  private readonly unrouted = new Float64Array(DROP_REASON_NAMES.length);

  constructor({ workers }: SharedMemory) {
    this.all = new WorkerSums(
      workers.map((cells) => cells.ledger),
      LEDGER_CELLS,
    );
    this.byService = new WorkerSums(
      workers.map((cells) => cells.serviceLedger),
      LEDGER_CELLS,
    );
    this.shadow = new WorkerSums(
      workers.map((cells) => cells.shadowDrops),
      DROP_REASON_CELLS,
    );
    this.routed = new RoutedDrops(this.byService);
  }

  /** To be told of each publication, before workers get it. */
  follow(services: readonly PublishedService[]): void {
    this.routed.follow(services);
  }

  /** Beside the services' own drops those before a route was found, with an empty service label. */
  drops(): SlotMetric {
    const metric = counters(
      {
        name: 'velocity_exchanges_dropped_total',
        help: 'Exchanges that the balancer itself ended, by reason.',
      },
      'reason',
      DROP_REASON_NAMES,
      (slot, index) => this.byService.at(slot, DROP_CELLS[index]!),
    );
    return { ...metric, rest: (writer) => this.writeUnrouted(writer) };
  }

  /** Totals do not shrink when a service is removed: `received = completed + open` holds at any scrape. */
  write(writer: ExpositionWriter): void {
    const received = this.all.at(0, LedgerCell.received);
    const forwarded = this.all.at(0, LedgerCell.forwarded);
    const dropped = DROP_CELLS.reduce((sum, cell) => sum + this.all.at(0, cell), 0);
    writer.single('velocity_exchanges_received_total', 'counter', 'Exchanges begun.', received);
    writer.metric(
      'velocity_exchanges_completed_total',
      'counter',
      'Exchanges ended, by what became of them.',
    );
    writer.sample('{result="forwarded"}', forwarded);
    writer.sample('{result="dropped"}', dropped);
    writer.single(
      'velocity_exchanges_open',
      'gauge',
      'Exchanges begun and not ended.',
      received - forwarded - dropped,
    );
    this.writeShadow(writer);
  }

  private writeUnrouted(writer: ExpositionWriter): void {
    const routed = this.routed.totals();
    for (const [index, reason] of DROP_REASON_NAMES.entries()) {
      const before = this.all.at(0, DROP_CELLS[index]!) - routed[index]!;
      this.unrouted[index] = Math.max(this.unrouted[index]!, before);
      writer.sample(labelText({ service: '', reason }), this.unrouted[index]!);
    }
  }

  private writeShadow(writer: ExpositionWriter): void {
    writer.metric(
      'velocity_shadow_drops_total',
      'counter',
      'Exchanges that a policy in shadow would have ended, by reason.',
    );
    for (const reason of DROP_REASON_NAMES) {
      writer.sample(labelText({ reason }), this.shadow.at(0, DROP_REASONS[reason].code));
    }
  }
}
