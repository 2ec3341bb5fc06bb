import path from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface BenchOptions {
  readonly rounds: number;
  /** Length of one measurement. */
  readonly seconds: number;
  /** Folder of the results. */
  readonly out: string;
  /** Folder with the build of Velocity that is measured. */
  readonly dist: string;
  /** false: the scheduler chooses the cores. */
  readonly pinned: boolean;
  /** Empty: everything. */
  readonly only: readonly string[];
}

/**
 * Reads `--rounds N --seconds S --out DIR --dist DIR --unpinned --only NAME[,NAME]`. Ends the process with code 2 and a
 * line that says what to do when something does not hold.
 */
export function readOptions(defaults: { readonly rounds: number; readonly seconds: number }): BenchOptions {
  try {
    const { values } = parseArgs({
      options: {
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        out: { type: 'string' },
        dist: { type: 'string' },
        unpinned: { type: 'boolean' },
        only: { type: 'string', multiple: true },
      },
    });
    return {
      rounds: Math.round(positive('--rounds', values.rounds, defaults.rounds)),
      seconds: positive('--seconds', values.seconds, defaults.seconds),
      out: path.resolve(values.out ?? path.join(ROOT, 'bench', 'results')),
      dist: path.resolve(values.dist ?? path.join(ROOT, 'dist')),
      pinned: !values.unpinned,
      only: (values.only ?? []).flatMap((names) => names.split(',')),
    };
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/** The names that `--only` left, in the order of `all`. Ends the process when one of them does not exist. */
export function chosen<T extends string>(all: readonly T[], only: readonly string[]): readonly T[] {
  const unknown = only.find((name) => !all.includes(name as T));
  if (unknown !== undefined) refuse(`--only ${unknown}: there is ${all.join(', ')}`);
  return only.length === 0 ? all : all.filter((name) => only.includes(name));
}

function positive(name: string, given: string | undefined, fallback: number): number {
  const value = given === undefined ? fallback : Number(given);
  if (!(value > 0)) throw new Error(`${name} takes a number above 0, not ${given}`);
  return value;
}

function refuse(message: string): never {
  console.error(`bench: ${message}`);
  process.exit(2);
}
