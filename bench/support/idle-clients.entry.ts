/*
 * Clients that stay, a process of its own: PORT CONNECTIONS. Each makes one request and keeps its connection. Prints
 * "open" when all have their answer, and stays until it is ended. Ends with code 1 when a connection breaks.
 */
import net from 'node:net';

const [port = 0, connections = 0] = process.argv.slice(2).map(Number);
/** More at a time would overflow the backlog of the listener. */
const AT_A_TIME = 100;
const DEADLINE_MS = 60_000;

function ask(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1' });
    const request = `GET / HTTP/1.1\r\nHost: service-0.test\r\n\r\n`;
    socket.once('connect', () => socket.write(request, 'latin1'));
    socket.once('data', (chunk: Buffer) => {
      if (chunk.toString('latin1', 0, 12) === 'HTTP/1.1 200') resolve();
      else reject(new Error(chunk.toString('latin1', 0, 200)));
    });
    socket.once('error', reject);
    socket.once('close', () => fail('a connection was closed'));
  });
}

function fail(reason: string): never {
  console.error(reason);
  process.exit(1);
}

const deadline = setTimeout(() => fail(`not open after ${DEADLINE_MS} ms`), DEADLINE_MS);
for (let opened = 0; opened < connections; opened += AT_A_TIME) {
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, connections - opened) }, ask));
}
clearTimeout(deadline);
console.log('open');
setInterval(() => undefined, 60_000);
