import path from 'node:path';
import type { Site } from './site.js';

const ENTRY = path.join(import.meta.dirname, 'paced-load.entry.ts');
const LOADER = path.resolve(import.meta.dirname, '../../test/support/transpiled-sources.mjs');

export interface PacedOptions {
  readonly port: number;
  readonly connections: number;
  /** Requests per second. */
  readonly rate: number;
  readonly seconds: number;
}

export interface PacedResult {
  readonly rate: number;
  readonly arrived: number;
  readonly answered: number;
  readonly recorded: number;
  readonly failed: number;
  /** From a request's arrival to its last byte. */
  readonly latencyUs: { readonly p50: number; readonly p99: number; readonly p999: number };
  /** From a request's arrival to its sending: how late the generator itself was, and waits for a free connection. */
  readonly lagUs: { readonly p50: number; readonly p99: number };
}

/** Open loop: requests at a rate. Throws when one of them fails. */
export async function runPaced(site: Site, options: PacedOptions): Promise<PacedResult> {
  const { port, connections, rate, seconds } = options;
  const output = await site.children.run({
    name: 'paced load',
    command: process.execPath,
    args: ['--import', LOADER, ENTRY, ...[port, connections, Math.round(rate), seconds].map(String)],
    cores: site.pins.load,
  });
  const result = JSON.parse(output) as PacedResult;
  if (result.failed > 0) throw new Error(`requests failed at port ${port}: ${output}`);
  return result;
}
