import {
  DROP_REASON_CELLS,
  DROP_REASON_NAMES,
  DROP_REASONS,
  LEDGER_CELLS,
  LedgerCell,
  SERVICE_CELLS,
  ServiceCell,
  type SharedMemory,
} from '../../common/contract/index.js';
import type { PublishedService } from '../data-plane/index.js';
import { type ExpositionWriter, labelText } from './exposition.writer.js';
import { DROP_CELLS, RoutedDrops } from './routed.drops.js';
import { WorkerSums } from './worker.sums.js';

/** Up to this many services, the series of every drop reason exist from the start; beyond, from the first such drop on. */
export const MAX_ZERO_DROP_SERVICES = 1_000;

/** The balance of exchanges: of everything, and by service. */
export class LedgerMetrics {
  private readonly all: WorkerSums;
  private readonly byService: WorkerSums;
  private readonly shadow: WorkerSums;
  private readonly routed: RoutedDrops;
  /** What the series of drops before a route showed last: they are a difference, and must not go back by a race. */
  private readonly unrouted = new Float64Array(DROP_REASON_NAMES.length);

  constructor(private readonly memory: SharedMemory) {
    const { workers } = memory;
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

  /** Totals do not shrink when a service is removed: `received = completed + open` holds at any scrape. */
  writeTotals(writer: ExpositionWriter): void {
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
  }

  writeServices(writer: ExpositionWriter, services: readonly PublishedService[]): void {
    const labels = services.map(({ snapshot }) => labelText({ service: snapshot.name }));
    const slot = (index: number) => services[index]!.snapshot.slot;
    writer.metric('velocity_exchanges_routed_total', 'counter', 'Exchanges for which a service was found.');
    labels.forEach((label, index) =>
      writer.sample(label, this.byService.at(slot(index), LedgerCell.received)),
    );
    writer.metric(
      'velocity_exchanges_forwarded_total',
      'counter',
      'Exchanges answered with the response of a backend.',
    );
    labels.forEach((label, index) =>
      writer.sample(label, this.byService.at(slot(index), LedgerCell.forwarded)),
    );
    writer.metric('velocity_exchanges_in_flight', 'gauge', 'Exchanges of the service that are not ended.');
    labels.forEach((label, index) => writer.sample(label, this.cell(slot(index), ServiceCell.inFlight)));
    writer.metric('velocity_service_permits', 'gauge', 'Exchanges that run under `maxInFlight`.');
    labels.forEach((label, index) => writer.sample(label, this.cell(slot(index), ServiceCell.permits)));
    writer.metric('velocity_service_waiting', 'gauge', 'Exchanges that wait for a turn or a backend.');
    labels.forEach((label, index) => writer.sample(label, this.cell(slot(index), ServiceCell.waiting)));
  }

  /** Beside the services' own drops those before a route was found, with an empty service label. */
  writeDrops(writer: ExpositionWriter, services: readonly PublishedService[]): void {
    const routed = this.routed.totals();
    beginDrops(writer);
    for (const [index, reason] of DROP_REASON_NAMES.entries()) {
      const before = this.all.at(0, DROP_CELLS[index]!) - routed[index]!;
      this.unrouted[index] = Math.max(this.unrouted[index]!, before);
      writer.sample(labelText({ service: '', reason }), this.unrouted[index]!);
    }
    this.writeServiceDrops(writer, services);
    writer.metric(
      'velocity_shadow_drops_total',
      'counter',
      'Exchanges that a policy in shadow would have ended, by reason.',
    );
    for (const reason of DROP_REASON_NAMES) {
      writer.sample(labelText({ reason }), this.shadow.at(0, DROP_REASONS[reason].code));
    }
  }

  /** Only those of the given services. */
  writeDropsOf(writer: ExpositionWriter, services: readonly PublishedService[]): void {
    beginDrops(writer);
    this.writeServiceDrops(writer, services);
  }

  private writeServiceDrops(writer: ExpositionWriter, services: readonly PublishedService[]): void {
    const withZeros = services.length <= MAX_ZERO_DROP_SERVICES;
    for (const { snapshot } of services) {
      for (const [index, reason] of DROP_REASON_NAMES.entries()) {
        const drops = this.byService.at(snapshot.slot, DROP_CELLS[index]!);
        if (drops > 0 || withZeros) writer.sample(labelText({ service: snapshot.name, reason }), drops);
      }
    }
  }

  private cell(slot: number, cell: number): number {
    return Atomics.load(this.memory.services, slot * SERVICE_CELLS + cell);
  }
}

function beginDrops(writer: ExpositionWriter): void {
  writer.metric(
    'velocity_exchanges_dropped_total',
    'counter',
    'Exchanges that the balancer itself ended, by reason.',
  );
}
