import { breathe } from '../../../../common/breath.js';
import {
  CUBES,
  RESOLUTIONS,
  type Cube,
  type RangePiece,
  type Resolution,
  type Rollup,
  type RollupSums,
  SumsCell,
  addSums,
  emptySums,
} from '../../../logging/log-store.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { RollupReader, writeRollups } from './rollup.blob.js';

/** Names that are kept in memory, so that what is added to again and again need not be read: about 30 MiB. */
const CACHED_NAMES = 100_000;
/** Roll-ups that one step of the retention removes. */
const DELETE_CHUNK = 500;
/** Behind every name of a service. */
const LAST_TEXT = '\u{10ffff}';

interface Place {
  readonly resolution: number;
  readonly cube: number;
  readonly start: number;
  readonly service: string;
  readonly names: Map<string, RollupSums>;
  /** Of all names. */
  readonly total: RollupSums;
  round: number;
}

export interface StoredRollups {
  readonly start: number;
  readonly service: string;
  readonly data: Uint8Array;
}

/**
 * Roll-ups: a row for each cube, time and service, with all its names in one blob. Its methods run within `call` or
 * `transaction` of the connection.
 */
export class RollupTable {
  private readonly places = new Map<string, Place>();
  private readonly reader = new RollupReader();
  private cached = 0;
  private round = 0;

  constructor(private readonly connection: SqliteConnection) {
    connection.onChange(() => this.forget());
  }

  /** What is in memory may not be what the file has. */
  forget(): void {
    this.places.clear();
    this.cached = 0;
  }

  add(rollups: readonly Rollup[]): void {
    this.round++;
    const changed = new Set<Place>();
    for (const rollup of rollups) {
      const place = this.placeOf(rollup);
      changed.add(place);
      const name = nameOf(rollup);
      let sums = place.names.get(name);
      if (sums === undefined) {
        sums = emptySums();
        place.names.set(name, sums);
        this.cached++;
      }
      addSums(sums, rollup);
      addSums(place.total, rollup);
      breathe();
    }
    const sql = `INSERT INTO rollups (resolution, cube, start, service, data) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (resolution, cube, start, service) DO UPDATE SET data = excluded.data`;
    for (const place of changed) {
      const { resolution, cube, start, service } = place;
      this.connection.run(sql, resolution, cube, start, service, writeRollups(place));
      breathe();
    }
    if (this.cached > CACHED_NAMES) this.shrink();
  }

  /** Of a piece in the order of time, behind a place in it; null: from its start. */
  read(
    cube: Cube,
    piece: RangePiece,
    service: string | undefined,
    page: { readonly after: StoredRollups | null; readonly limit: number },
  ): StoredRollups[] {
    const only = service === undefined ? '' : ' AND service = ?';
    const sql = `SELECT start, service, data FROM rollups
      WHERE resolution = ? AND cube = ? AND (start, service) > (?, ?) AND start < ?${only}
      ORDER BY start, service LIMIT ?`;
    return this.connection
      .statement(sql)
      .all(
        RESOLUTIONS.indexOf(piece.resolution),
        CUBES.indexOf(cube),
        page.after?.start ?? piece.from - 1,
        page.after?.service ?? LAST_TEXT,
        piece.to,
        ...(service === undefined ? [] : [service]),
        page.limit,
      ) as unknown as StoredRollups[];
  }

  /** One step; answers whether that was all. */
  removeBefore(resolution: Resolution, before: number): boolean {
    let left = DELETE_CHUNK;
    for (const cube of CUBES.keys()) {
      const sql = `DELETE FROM rollups WHERE number IN (SELECT number FROM rollups
        WHERE resolution = ? AND cube = ? AND start < ? ORDER BY start LIMIT ?)`;
      left -= this.connection.run(sql, RESOLUTIONS.indexOf(resolution), cube, before, left);
      if (left === 0) break;
    }
    if (left < DELETE_CHUNK) this.forget();
    return left > 0;
  }

  private placeOf(rollup: Rollup): Place {
    const resolution = RESOLUTIONS.indexOf(rollup.resolution);
    const cube = CUBES.indexOf(rollup.cube);
    const key = `${resolution}${cube}${rollup.start} ${rollup.service}`;
    let place = this.places.get(key);
    if (place === undefined) {
      const { start, service } = rollup;
      place = { resolution, cube, start, service, names: new Map(), total: emptySums(), round: 0 };
      this.load(place);
      this.places.set(key, place);
    }
    place.round = this.round;
    return place;
  }

  private load({ resolution, cube, start, service, names, total }: Place): void {
    const sql = `SELECT data FROM rollups WHERE resolution = ? AND cube = ? AND start = ? AND service = ?`;
    const row = this.connection.statement(sql).get(resolution, cube, start, service);
    if (row === undefined) return;
    this.reader.open(row['data'] as Uint8Array);
    addSums(total, this.readSums());
    while (this.reader.next()) {
      const name = this.reader.name();
      const sums = this.readSums();
      const other = names.get(name);
      if (other === undefined) names.set(name, sums);
      else addSums(other, sums);
    }
    this.cached += names.size;
  }

  private readSums(): RollupSums {
    const cell = new SumsCell(true);
    this.reader.addTo(cell);
    return cell.sums();
  }

  /** Forgets what was not added to just now, and all if that is not enough. */
  private shrink(): void {
    for (const [key, place] of this.places) {
      if (place.round === this.round) continue;
      this.cached -= place.names.size;
      this.places.delete(key);
    }
    if (this.cached > CACHED_NAMES) this.forget();
  }
}

function nameOf(rollup: Rollup): string {
  if (rollup.cube === 'paths') return rollup.path;
  if (rollup.cube === 'clients') return rollup.client;
  return `${rollup.status}\t${rollup.dropReason}\t${rollup.backend}`;
}
