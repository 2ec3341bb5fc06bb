import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Below those that the kernel gives to whoever asks for any port (Linux from 32768, macOS from 49152): a port of one that
 * died, or that starts only later, is nobody else's meanwhile. Given by the kernel, it could be the next balancer's.
 */
const LOWEST = 12_000;
const HIGHEST = 32_000;
/** Test processes at the same time that have ports of their own each. */
const SHARES = 16;
const SIZE = (HIGHEST - LOWEST) / SHARES;
const FIRST = LOWEST + (Number(process.env['VITEST_POOL_ID'] ?? 0) % SHARES) * SIZE;

/** Each file begins elsewhere: clients of the one before may still call. */
let next = Math.floor(Math.random() * SIZE);

/** A port where nobody listens, and that no other test is given. */
export async function freePort(): Promise<number> {
  return (await freeRange(1)).from;
}

/** So many neighbouring ones. */
export async function freeRange(count: number): Promise<{ readonly from: number; readonly to: number }> {
  for (;;) {
    if (next + count > SIZE) next = 0;
    const from = FIRST + next;
    next += count;
    const ports = Array.from({ length: count }, (_, index) => from + index);
    const held = await Promise.allSettled(ports.map(holdPort));
    const servers = held.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    await Promise.all(servers.map(closed));
    if (servers.length === count) return { from, to: from + count - 1 };
  }
}

/** Somebody else's listener on all addresses. */
export async function holdPort(port: number): Promise<Server> {
  const server = createServer((socket) => socket.destroy()).listen({ port, exclusive: true });
  await once(server, 'listening');
  return server;
}

export async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
