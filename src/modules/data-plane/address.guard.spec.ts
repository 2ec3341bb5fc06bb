import net from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import { type OwnedAddress, ownAddress } from './address.guard.js';

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

function keep(owned: OwnedAddress): OwnedAddress {
  closers.push(() => owned.release());
  return owned;
}

async function listenShared(port: number): Promise<number> {
  const server = net
    .createServer((socket) => socket.end('hello'))
    .listen({ host: '127.0.0.1', port, reusePort: true });
  closers.push(() => server.close());
  await once(server, 'listening');
  return (server.address() as net.AddressInfo).port;
}

async function connected(port: number): Promise<string> {
  return text(net.connect(port, '127.0.0.1'));
}

it('finds a free port when 0 is asked for, and keeps it for the workers until they listen', async () => {
  const owned = keep(await ownAddress('127.0.0.1', 0));
  expect(owned.port).toBeGreaterThan(0);
  const other = net.createServer().listen({ host: '127.0.0.1', port: owned.port, exclusive: true });
  await expect(once(other, 'listening')).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await expect(listenShared(owned.port)).resolves.toBe(owned.port);
  owned.served();
  const accepted = Array.from({ length: 20 }, () => connected(owned.port));
  expect(await Promise.all(accepted)).toEqual(Array(20).fill('hello'));
});

it('refuses an address where another program listens with reusePort', async () => {
  const port = await listenShared(0);
  await expect(ownAddress('127.0.0.1', port)).rejects.toThrow(
    `127.0.0.1:${port} is already in use by another program, perhaps a second Velocity.`,
  );
});

it('refuses the second of two balancers that both found the port free', async () => {
  const first = keep(await ownAddress('127.0.0.1', 0));
  first.served();
  await expect(ownAddress('127.0.0.1', first.port)).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' });
});

it('gives the address back on release', async () => {
  const first = await ownAddress('127.0.0.1', 0);
  first.release();
  const again = keep(await ownAddress('127.0.0.1', first.port));
  expect(again.port).toBe(first.port);
});

it('names an address that this machine does not have', async () => {
  await expect(ownAddress('203.0.113.7', 8000)).rejects.toThrow(
    '203.0.113.7 is not an address of this machine',
  );
});
