import path from 'node:path';
import { needProgram, type Site } from './site.js';

const SCRIPT = path.join(import.meta.dirname, 'wrk.report.lua');
/** wrk counts a request that took longer as failed. */
const TIMEOUT_S = 10;

export interface WrkOptions {
  readonly port: number;
  /** Request target. Default: `/`. */
  readonly target?: string;
  readonly connections: number;
  readonly seconds: number;
  /** Requests go to so many hosts in turn. Default: one. */
  readonly hosts?: number;
  /** Further fields of the head, such as `Accept: text/html`. Default: none. */
  readonly headers?: readonly string[];
}

export interface WrkResult {
  readonly requests: number;
  readonly durationUs: number;
  readonly bytes: number;
  readonly errors: Readonly<Record<'connect' | 'read' | 'write' | 'status' | 'timeout', number>>;
  /** Of the closed loop: each connection asks again at once. */
  readonly latencyUs: { readonly p50: number; readonly p99: number; readonly p999: number };
}

/** Closed loop: as many requests as the proxy takes. Throws when one of them fails or none is answered. */
export async function runWrk(site: Site, options: WrkOptions): Promise<WrkResult> {
  const { port, target = '/', connections, seconds, hosts = 0, headers = [] } = options;
  const output = await site.children.run({
    name: 'wrk',
    command: needProgram('wrk'),
    args: [
      ['--threads', '1', '--connections', String(connections)],
      ['--duration', `${Math.max(1, Math.round(seconds))}s`, '--timeout', `${TIMEOUT_S}s`],
      headers.flatMap((header) => ['--header', header]),
      ['--script', SCRIPT, `http://127.0.0.1:${port}${target}`],
    ].flat(),
    cores: site.pins.load,
    env: { BENCH_HOSTS: String(hosts) },
  });
  const line = output.split('\n').find((text) => text.startsWith('@@'));
  if (line === undefined) throw new Error(`wrk reported nothing. ${output}`);
  const result = JSON.parse(line.slice(2)) as WrkResult;
  const failed = Object.entries(result.errors).filter(([, count]) => count > 0);
  if (failed.length > 0 || result.requests === 0) {
    throw new Error(
      `requests failed at port ${port}: ${JSON.stringify(result.errors)} of ${result.requests}`,
    );
  }
  return result;
}
