import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { haltProcess } from './halt-process.js';

/** Connections that the kernel answers for a listener that accepts none: its backlog of 1 and one more, and some to spare. */
const FILLERS = 6;

/**
 * A port of loopback where connecting neither succeeds nor fails: a stopped process listens there, and its backlog is full,
 * so that Linux drops what comes (`tcp_abort_on_overflow` off, its default).
 */
export async function startUnansweringPort(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const child = fork(path.join(import.meta.dirname, 'unanswering-port.entry.mjs'));
  const [port] = (await once(child, 'message')) as [number];
  haltProcess(child);
  const fillers: Socket[] = [];
  for (let index = 0; index < FILLERS; index++) {
    const filler = connect(port, '127.0.0.1');
    filler.on('error', () => undefined);
    fillers.push(filler);
  }
  // The first ones stand at once; when they do, the kernel has seen the others too.
  await once(fillers[0]!, 'connect');
  return {
    port,
    async stop() {
      for (const filler of fillers) filler.destroy();
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
