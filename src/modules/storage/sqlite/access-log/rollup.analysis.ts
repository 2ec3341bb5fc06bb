import { setImmediate as nextTurn } from 'node:timers/promises';
import { VelocityError } from '../../../../common/errors/index.js';
import {
  type AnalyticsAnswer,
  type AnalyticsQuery,
  AnswerAssembler,
  type CompleteSince,
  type Cube,
  type RangePiece,
  SumsCell,
  coarsestWithin,
  firstGroups,
  rangePieces,
  wholeMinutes,
} from '../../../logging/log-store.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { RollupReader } from './rollup.blob.js';
import { RollupNames } from './rollup.names.js';
import type { RollupTable, StoredRollups } from './rollup.table.js';

/** How long one step may take. */
const STEP_MS = 8;
const ROWS_AT_ONCE = 32;
/** Names that a question may read: some ten seconds. */
const MAX_NAMES_READ = 30_000_000;
/** Totals of groups that are kept while the first are looked for; beyond it the lesser half is forgotten. */
const MAX_TOTALS = 200_000;

type Visit = (start: number, key: string, reader: RollupReader) => void;

/** Answers from roll-ups, in steps, between which the thread does other work. */
export class RollupAnalysis {
  private readonly reader = new RollupReader();
  private readonly names: RollupNames;
  private readonly pieces: readonly RangePiece[];
  private read = 0;

  constructor(
    private readonly parts: { readonly connection: SqliteConnection; readonly table: RollupTable },
    private readonly query: AnalyticsQuery,
    private readonly cube: Cube,
    complete: CompleteSince,
  ) {
    this.names = new RollupNames(cube, query);
    this.pieces = rangePieces(query, coarsestWithin(query.stepMs), complete);
  }

  async answer(): Promise<AnalyticsAnswer> {
    const { query } = this;
    if (query.groupBy !== null && query.stepMs === null && !query.latency) return this.inOnePass();
    const groups = query.groupBy === null ? [] : firstGroups(await this.totals(), query);
    const assembler = new AnswerAssembler(query, groups);
    await this.visit((start, key, reader) => reader.addTo(assembler.cell(start, key)));
    return { rows: assembler.rows(), source: 'rollups' };
  }

  /** Sums of all groups are kept until the first are known, which histograms and times would make too large. */
  private async inOnePass(): Promise<AnalyticsAnswer> {
    const { query } = this;
    const { order } = query;
    const rest = new SumsCell(false);
    let cells = new Map<string, SumsCell>();
    await this.visit((_, key, reader) => {
      let cell = cells.get(key);
      if (cell === undefined) {
        cell = new SumsCell(false);
        cells.set(key, cell);
      }
      reader.addTo(cell);
      if (cells.size <= MAX_TOTALS) return;
      const sorted = [...cells].sort(([, a], [, b]) => b[order] - a[order]);
      for (const [, least] of sorted.splice(MAX_TOTALS / 2)) rest.add(least.sums());
      cells = new Map(sorted);
    });
    const totals = new Map<string, number>();
    for (const [key, cell] of cells) totals.set(key, cell[order]);
    const assembler = new AnswerAssembler(query, firstGroups(totals, query));
    const { from } = wholeMinutes(query);
    for (const [key, cell] of cells) assembler.cell(from, key).addCell(cell);
    if (rest.requests > 0) assembler.cell(from, '').addCell(rest);
    return { rows: assembler.rows(), source: 'rollups' };
  }

  private async totals(): Promise<Map<string, number>> {
    const { order } = this.query;
    let totals = new Map<string, number>();
    await this.visit((_, key, reader) => {
      totals.set(key, (totals.get(key) ?? 0) + reader.one(order));
      if (totals.size <= MAX_TOTALS) return;
      totals = new Map([...totals].sort(([, a], [, b]) => b - a).slice(0, MAX_TOTALS / 2));
    });
    return totals;
  }

  private async visit(visit: Visit): Promise<void> {
    for (const piece of this.pieces) {
      let after: StoredRollups | null = null;
      do {
        after = await this.parts.connection.call(() => this.step(piece, after, visit));
        await nextTurn();
      } while (after !== null);
    }
  }

  /** Answers where to go on; null: the piece is done. */
  private step(piece: RangePiece, from: StoredRollups | null, visit: Visit): StoredRollups | null {
    const end = performance.now() + STEP_MS;
    let after = from;
    do {
      const page = { after, limit: ROWS_AT_ONCE };
      const rows = this.parts.table.read(this.cube, piece, this.query.filter.service, page);
      for (const row of rows) this.visitRow(row, visit);
      after = rows.length < ROWS_AT_ONCE ? null : (rows.at(-1) ?? null);
    } while (after !== null && performance.now() < end);
    if (this.read > MAX_NAMES_READ) throw tooLarge();
    return after;
  }

  private visitRow({ start, service, data }: StoredRollups, visit: Visit): void {
    const { reader, names } = this;
    reader.open(data);
    this.read++;
    if (names.areIndifferent) {
      visit(start, this.query.groupBy === 'service' ? service : '', reader);
      return;
    }
    while (reader.next()) {
      this.read++;
      const key = names.keyOf(service, reader.name());
      if (key !== null) visit(start, key, reader);
    }
  }
}

function tooLarge(): VelocityError {
  return new VelocityError(
    'QUERY_TOO_LARGE',
    'The range has too many roll-ups of paths, clients or backends: ask for a shorter range, a longer step or one service.',
  );
}
