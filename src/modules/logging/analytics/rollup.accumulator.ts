import { breathe } from '../../../common/breath.js';
import {
  DROP_REASONS,
  DROP_REASON_CELLS,
  type DropReason,
  type SummedExchange,
  dropReasonOf,
  latencyBucket,
} from '../../../common/contract/index.js';
import { KeptNames, startOf } from './kept.names.js';
import { MAX_PATH_CHARACTERS, type Resolution, type Rollup, type RollupSums } from './rollup.js';
import { addSums, emptySums } from './rollup.sums.js';

/** Stands for a forward where reasons have their code. */
const FORWARDED = DROP_REASON_CELLS;
const CODES = DROP_REASON_CELLS * 2;
const UPGRADED = 101;

/** Sums of one service in one time. */
class ServiceCells {
  /** By backend, then by status and reason in one number. */
  readonly traffic = new Map<string, Map<number, RollupSums>>();
  readonly paths = new Map<string, RollupSums>();
  readonly clients = new Map<string, RollupSums>();
}

/** By start, then by service. */
type Cells = Map<number, Map<string, ServiceCells>>;

interface Level {
  readonly resolution: Resolution;
  readonly paths: KeptNames;
  readonly clients: KeptNames;
}

/**
 * Sums up records. Each touches three cells of its minute, 0.4 microseconds; hours and days are made of the minutes when they
 * are taken. What is summed up may be taken at any time: roll-ups of the same place add up. Which paths and clients have a
 * name depends on what came before, so two runs over the same records may differ in that, and in nothing else.
 */
export class RollupAccumulator {
  private readonly minutes = level('minute');
  private readonly hours = level('hour');
  private readonly days = level('day');
  private cells: Cells = new Map();
  private lastStart = Number.NaN;
  private lastService = '';
  private last = new ServiceCells();

  add(record: SummedExchange): void {
    const service = record.service ?? '';
    const start = startOf(record.time, 'minute');
    if (start !== this.lastStart || service !== this.lastService) this.turnTo(start, service);
    const { last } = this;
    const code = record.dropReason === null ? FORWARDED : DROP_REASONS[record.dropReason].code;
    const backend = record.backend ?? '';
    let statuses = last.traffic.get(backend);
    if (statuses === undefined) {
      statuses = new Map();
      last.traffic.set(backend, statuses);
    }
    const path =
      record.path.length > MAX_PATH_CHARACTERS ? record.path.slice(0, MAX_PATH_CHARACTERS) : record.path;
    const bucket = record.status === UPGRADED ? -1 : latencyBucket(record.totalUs);
    count(cellOf(statuses, record.status * CODES + code), record, bucket);
    count(this.named(last.paths, this.minutes.paths, path), record, bucket);
    count(this.named(last.clients, this.minutes.clients, record.client), record, bucket);
  }

  /** Everything since the last call. */
  take(): Rollup[] {
    const hours = fold(this.cells, this.hours);
    const days = fold(hours, this.days);
    const rollups: Rollup[] = [];
    emit(this.cells, 'minute', rollups);
    emit(hours, 'hour', rollups);
    emit(days, 'day', rollups);
    for (const { paths, clients } of [this.minutes, this.hours, this.days]) {
      paths.forget();
      clients.forget();
    }
    this.cells = new Map();
    this.lastStart = Number.NaN;
    return rollups;
  }

  private turnTo(start: number, service: string): void {
    this.lastStart = start;
    this.lastService = service;
    this.last = serviceCells(this.cells, start, service);
  }

  private named(cells: Map<string, RollupSums>, kept: KeptNames, name: string): RollupSums {
    const known = cells.get(name);
    if (known !== undefined) return known;
    return cellOf(cells, kept.admit(this.lastStart, this.lastService, name) ? name : '');
  }
}

function level(resolution: Resolution): Level {
  return { resolution, paths: new KeptNames(resolution), clients: new KeptNames(resolution) };
}

function serviceCells(cells: Cells, start: number, service: string): ServiceCells {
  let services = cells.get(start);
  if (services === undefined) {
    services = new Map();
    cells.set(start, services);
  }
  let found = services.get(service);
  if (found === undefined) {
    found = new ServiceCells();
    services.set(service, found);
  }
  return found;
}

function cellOf<K>(cells: Map<K, RollupSums>, key: K): RollupSums {
  let cell = cells.get(key);
  if (cell === undefined) {
    cell = emptySums();
    cells.set(key, cell);
  }
  return cell;
}

function count(sums: RollupSums, record: SummedExchange, bucket: number): void {
  sums.requests++;
  if (record.dropReason !== null) sums.drops++;
  else if (record.status >= 500) sums.errors++;
  if (record.attempts.length > 1) sums.retries += record.attempts.length - 1;
  sums.bytesIn += record.bytesIn;
  sums.bytesOut += record.bytesOut;
  if (bucket < 0) return;
  sums.totalUs += record.totalUs;
  sums.latency.set(bucket, (sums.latency.get(bucket) ?? 0) + 1);
}

/** The same sums in longer times. */
function fold(cells: Cells, { resolution, paths, clients }: Level): Cells {
  const folded: Cells = new Map();
  for (const [time, services] of cells) {
    const start = startOf(time, resolution);
    for (const [service, from] of services) {
      const into = serviceCells(folded, start, service);
      for (const [backend, statuses] of from.traffic) {
        let sums = into.traffic.get(backend);
        if (sums === undefined) {
          sums = new Map();
          into.traffic.set(backend, sums);
        }
        for (const [key, cell] of statuses) addSums(cellOf(sums, key), cell);
        breathe();
      }
      for (const [name, cell] of from.paths) {
        addSums(cellOf(into.paths, paths.admit(start, service, name) ? name : ''), cell);
        breathe();
      }
      for (const [name, cell] of from.clients) {
        addSums(cellOf(into.clients, clients.admit(start, service, name) ? name : ''), cell);
        breathe();
      }
    }
  }
  return folded;
}

function emit(cells: Cells, resolution: Resolution, rollups: Rollup[]): void {
  for (const [start, services] of cells) {
    for (const [service, { traffic, paths, clients }] of services) {
      const place = {
        resolution,
        start,
        service,
        backend: '',
        status: 0,
        dropReason: '',
        path: '',
        client: '',
      } as const;
      for (const [backend, statuses] of traffic) {
        for (const [key, sums] of statuses) {
          const status = Math.floor(key / CODES);
          rollups.push({
            cube: 'traffic',
            ...place,
            backend,
            status,
            dropReason: reasonOf(key % CODES),
            ...sums,
          });
        }
      }
      for (const [path, sums] of paths) rollups.push({ cube: 'paths', ...place, path, ...sums });
      for (const [client, sums] of clients) rollups.push({ cube: 'clients', ...place, client, ...sums });
    }
  }
}

function reasonOf(code: number): DropReason | '' {
  return code === FORWARDED ? '' : (dropReasonOf(code) ?? '');
}
