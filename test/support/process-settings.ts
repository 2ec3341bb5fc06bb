import type { ProcessDriverConfig } from '../../src/common/config/scaling-config.js';
import { freeRange } from './free-ports.js';

/** An HTTP server that answers with its port, its arguments and one of its variables. */
export const HTTP_SERVER = `
  const answer = JSON.stringify({ pid: process.pid, port: process.env.PORT, args: process.argv.slice(1), greeting: process.env.GREETING });
  require('node:http').createServer((_, response) => response.end(answer)).listen(Number(process.env.PORT), '127.0.0.1');
`;

/** Settings that run this text with Node, on one of so many free ports. */
export async function nodeSettings(
  code: string,
  count: number,
  more: Partial<ProcessDriverConfig> = {},
): Promise<ProcessDriverConfig> {
  const ports = await freeRange(count);
  return {
    command: process.execPath,
    args: ['-e', code],
    env: { NODE_OPTIONS: '' },
    folder: null,
    ports,
    stopMs: 10_000,
    ...more,
  };
}

/** Also a process that has ended but that nobody has waited for is gone. */
export async function isGone(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return true;
  }
  const { readFile } = await import('node:fs/promises');
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tX');
  return /^State:\t[ZX]/m.test(status);
}
