import { CONNECTION_CELLS, ConnectionCell, type SharedMemory } from '../../common/contract/index.js';
import { type ExpositionWriter, labelText } from './exposition.writer.js';
import { WorkerSums } from './worker.sums.js';

/** Client connections of all listeners. What was accepted and is neither open, waiting nor refused was served and is gone. */
export class ConnectionMetrics {
  private readonly sums: WorkerSums;

  constructor(memory: SharedMemory) {
    this.sums = new WorkerSums(
      memory.workers.map((cells) => cells.connections),
      CONNECTION_CELLS,
    );
  }

  write(writer: ExpositionWriter): void {
    writer.single(
      'velocity_connections_accepted_total',
      'counter',
      'Client connections accepted, those closed at once included.',
      this.sums.at(0, ConnectionCell.accepted),
    );
    writer.single(
      'velocity_connections_open',
      'gauge',
      'Client connections that are served.',
      this.sums.at(0, ConnectionCell.open),
    );
    writer.single(
      'velocity_connections_waiting',
      'gauge',
      'Client connections that wait unserved: their listener has its most connections.',
      this.sums.at(0, ConnectionCell.waiting),
    );
    writer.metric(
      'velocity_connections_refused_total',
      'counter',
      'Client connections closed at once: their address had its most connections or is blocked, or too many waited.',
    );
    const refused = (reason: string, cell: number) =>
      writer.sample(labelText({ reason }), this.sums.at(0, cell));
    refused('address_limit', ConnectionCell.addressRefusals);
    refused('waiting_room_full', ConnectionCell.roomRefusals);
    refused('blocked', ConnectionCell.blockedRefusals);
  }
}
