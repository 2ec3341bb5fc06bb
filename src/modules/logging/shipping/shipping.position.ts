import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';

import { join } from 'node:path';
import type { Rollup } from '../analytics/rollup.js';
import { type Reserve, RESERVE_FILE } from '../spool/reserve.js';

/** A part of one segment, from one frame's beginning to another's end. */
export interface Stretch {
  readonly segment: number;
  readonly from: number;
  readonly to: number;
}

/** A consignment that may have been tried: it comes again with the same bounds until it is settled. */
export interface OpenConsignment extends Stretch {
  readonly sequence: number;
  /** Whether its roll-ups are kept; false: they are summed up again from the records. */
  readonly hasRollups: boolean;
}

/** How far a spool has been shipped. */
export interface ShippingPosition {
  /** The last one that was given to a consignment; 0: none was. */
  readonly sequence: number;
  /** All before has arrived for good. */
  readonly segment: number;
  readonly offset: number;
  /** What lies behind, in the order of their sequences. */
  readonly open: readonly OpenConsignment[];
}

const FILE = 'position.json';
const ROLLUPS = 'rollups-';
const NEXT = '.next';
const VERSION = 1;

/** Keeps the position of a spool beside its segments. Each file is replaced as a whole: it is the old one or the new one. */
export class PositionFile {
  /** @param reserve Of the same folder. */
  constructor(
    private readonly folder: string,
    readonly reserve: Reserve,
  ) {}

  /** null: there is none yet. Throws when it is there and cannot be read. */
  load(): ShippingPosition | null {
    const path = join(this.folder, FILE);
    if (!existsSync(path)) return null;
    const { version, ...position } = JSON.parse(readFileSync(path, 'utf8')) as StoredPosition;
    if (version !== VERSION || !Array.isArray(position.open) || !Number.isSafeInteger(position.sequence))
      throw new Error('the position of the spool makes no sense');
    return position;
  }

  /** Resolves when it would survive the loss of power. Rejects with what the file system says; the old one stays then. */
  async save(position: ShippingPosition): Promise<void> {
    await this.replace(FILE, JSON.stringify({ version: VERSION, ...position }));
  }

  /** Those of an open consignment; null: they cannot be read. */
  rollups(sequence: number): readonly Rollup[] | null {
    try {
      return JSON.parse(readFileSync(join(this.folder, rollupFile(sequence)), 'utf8'), withMaps) as Rollup[];
    } catch {
      return null;
    }
  }

  /** As {@link save}. */
  keepRollups(sequence: number, rollups: readonly Rollup[]): Promise<void> {
    return this.replace(rollupFile(sequence), JSON.stringify(rollups, withoutMaps));
  }

  async forgetRollups(sequence: number): Promise<void> {
    await rm(join(this.folder, rollupFile(sequence)), { force: true });
  }

  /** Removes all of it. */
  remove(): void {
    for (const name of this.files()) rmSync(join(this.folder, name), { force: true });
  }

  /** All that this class keeps in the folder. */
  files(): string[] {
    return readdirSync(this.folder).filter(
      (name) => name.startsWith(FILE) || name === RESERVE_FILE || name.startsWith(ROLLUPS),
    );
  }

  private async replace(name: string, text: string): Promise<void> {
    const path = join(this.folder, name);
    try {
      writeWhole(path + NEXT, text);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC' || !this.reserve.giveUp()) throw error;
      // In the same turn: nobody else of this thread takes the room.
      writeWhole(path + NEXT, text);
    }
    await synced(path + NEXT);
    renameSync(path + NEXT, path);
    await synced(this.folder);
  }
}

/** Leaves nothing behind when it fails: what a full disk has taken of it would only be in the way. */
function writeWhole(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600 });
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

async function synced(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

type StoredPosition = ShippingPosition & { readonly version: number };

function rollupFile(sequence: number): string {
  return `${ROLLUPS}${sequence}.json`;
}

/** Histograms are maps, which JSON does not have. */
function withoutMaps(key: string, value: unknown): unknown {
  return key === 'latency' && value instanceof Map ? [...(value as Map<number, number>)] : value;
}

function withMaps(key: string, value: unknown): unknown {
  return key === 'latency' && Array.isArray(value) ? new Map(value as [number, number][]) : value;
}
