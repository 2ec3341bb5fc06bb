import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Machine } from './machine.js';
import type { BenchOptions } from './options.js';

export interface Results<Body> {
  readonly name: string;
  readonly machine: Machine;
  readonly how: { readonly rounds: number; readonly seconds: number; readonly pinned: boolean };
  readonly body: Body;
}

/** Writes NAME.json and prints where. */
export function writeResults<Body>(options: BenchOptions, name: string, machine: Machine, body: Body): void {
  const { rounds, seconds, pinned } = options;
  const results: Results<Body> = { name, machine, how: { rounds, seconds, pinned }, body };
  mkdirSync(options.out, { recursive: true });
  const file = path.join(options.out, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`\nresults: ${path.relative(process.cwd(), file)}`);
}

/** null: never measured. */
export function readResults<Body>(options: BenchOptions, name: string): Results<Body> | null {
  const file = path.join(options.out, `${name}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results<Body>) : null;
}
