import type { Readable } from 'node:stream';
import {
  parseTestServerOptions,
  startTestServer,
  type TestServerHandle,
  type TestServerInput,
  type TestServerOptions,
} from '../../test-server/index.js';

/** Flags of `velocity test-server` as typed. */
export interface TestServerFlags extends TestServerInput {
  /** Print one JSON line `{"pid", "servers": [{"name", "port"}]}` when listening, instead of text. */
  readonly readyJson?: boolean;
  /** Stop when standard input ends or the IPC channel closes, that is when the parent process is gone. */
  readonly withParent?: boolean;
}

/** The part of `process` that the command uses. */
export interface TestServerIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  on(event: 'SIGTERM' | 'SIGINT' | 'disconnect', listener: () => void): unknown;
  off(event: 'SIGTERM' | 'SIGINT' | 'disconnect', listener: () => void): unknown;
}

/**
 * Runs test servers until a signal, then finishes what runs. Resolves with the exit code: 0 stopped as asked,
 * 1 cannot listen, 2 bad options. A second signal cuts what still runs.
 */
export async function runTestServer(flags: TestServerFlags, io: TestServerIo): Promise<number> {
  const parsed = parseTestServerOptions(flags, io.env);
  if ('problems' in parsed) {
    for (const problem of parsed.problems) io.stderr.write(`${problem}\n`);
    return 2;
  }
  const handle = await start(parsed.options, io);
  if (!handle) return 1;
  const asked = whenAskedToStop(flags.withParent ?? false, io);
  announce(handle, parsed.options, { json: flags.readyJson ?? false, io });
  await asked.first;
  const stopped = handle.stop();
  void asked.second.then(() => handle.stop(0));
  await stopped;
  asked.forget();
  return 0;
}

async function start(options: TestServerOptions, io: TestServerIo): Promise<TestServerHandle | null> {
  try {
    return await startTestServer(options);
  } catch (error) {
    io.stderr.write(`${explain(error, options.host)}\n`);
    return null;
  }
}

function explain(error: unknown, host: string): string {
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number };
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is in use. Stop what listens there, or choose another with --port (0: any free one).`;
    case 'EACCES':
      return `Port ${port} of ${host} needs privileges. Choose one above 1023 with --port.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine. Choose another with --host, such as 127.0.0.1 or 0.0.0.0.`;
    default:
      return `The test server cannot listen on ${host}: ${message}`;
  }
}

function announce(
  handle: TestServerHandle,
  options: TestServerOptions,
  { json, io }: { readonly json: boolean; readonly io: TestServerIo },
): void {
  const servers = handle.servers.map(({ name, port }) => ({ name, port }));
  if (json) return void io.stdout.write(`${JSON.stringify({ pid: process.pid, servers })}\n`);
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  for (const { name, port } of servers) io.stdout.write(`${name} listens on http://${host}:${port}\n`);
}

/** Signals, and with `withParent` the end of the parent, each counted as one request to stop. */
function whenAskedToStop(withParent: boolean, io: TestServerIo) {
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  let isFirst = true;
  const ask = () => {
    (isFirst ? first : second).resolve();
    isFirst = false;
  };
  io.on('SIGTERM', ask);
  io.on('SIGINT', ask);
  if (withParent) {
    io.on('disconnect', ask);
    io.stdin.once('end', ask);
    io.stdin.once('error', ask);
    io.stdin.resume();
  }
  const forget = () => {
    io.off('SIGTERM', ask);
    io.off('SIGINT', ask);
    io.off('disconnect', ask);
    if (withParent) io.stdin.destroy();
  };
  return { first: first.promise, second: second.promise, forget };
}
