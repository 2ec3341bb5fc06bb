import net from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { type OwnedAddress, ownAddress } from './address.guard.js';

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

function keep(owned: OwnedAddress): OwnedAddress {
  closers.push(() => owned.release());
  return owned;
}

async function listenShared(port: number): Promise<number> {
  const server = net.createServer().listen({ host: '127.0.0.1', port, reusePort: true });
  closers.push(() => server.close());
  await once(server, 'listening');
  return (server.address() as net.AddressInfo).port;
}

it('finds a free port when 0 is asked for, and leaves it free for the workers', async () => {
  const owned = keep(await ownAddress('127.0.0.1', 0));
  expect(owned.port).toBeGreaterThan(0);
  await expect(listenShared(owned.port)).resolves.toBe(owned.port);
});

it('refuses an address where another program listens with reusePort', async () => {
  const port = await listenShared(0);
  await expect(ownAddress('127.0.0.1', port)).rejects.toThrow(
    `127.0.0.1:${port} is already in use by another program, perhaps a second Velocity.`,
  );
});

it('refuses the second of two balancers that both found the port free', async () => {
  const first = keep(await ownAddress('127.0.0.1', 0));
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
