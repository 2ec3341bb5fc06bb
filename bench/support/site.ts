import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import type { BenchOptions } from './options.js';
import { Children } from './children.js';
import { choosePins, type Pins } from './pins.js';

/** Where Debian puts servers; a plain user's PATH lacks it. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin', '/usr/local/sbin'];

/** What all parts of one measurement share. */
export interface Site {
  readonly children: Children;
  readonly pins: Pins;
  readonly options: BenchOptions;
  readonly folder: string;
}

export function openSite(options: BenchOptions): Site {
  const children = new Children();
  return { children, pins: choosePins(options.pinned), options, folder: children.folder };
}

/** Full path of a program, null when this machine lacks it. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), ...SYSTEM_FOLDERS];
  return folders.map((folder) => path.join(folder, name)).find(isExecutable) ?? null;
}

/** The program's path, or the end of this process with a line that says how to get it. */
export function needProgram(name: string): string {
  const found = findProgram(name);
  if (found !== null) return found;
  console.log(`bench skipped: this machine lacks ${name} (Debian: apt-get install ${name})`);
  process.exit(2);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs a measurement and ends the process, which ends everything it started. A failure is one message and code 1. */
export async function runToEnd(measurement: () => Promise<void>): Promise<never> {
  try {
    await measurement();
  } catch (error) {
    console.error(`bench failed: ${(error as Error).message}`);
    process.exit(1);
  }
  process.exit(0);
}
