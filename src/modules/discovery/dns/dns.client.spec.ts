import { encode } from 'dns-packet';
import { afterEach, expect, it } from 'vitest';
import { DnsServer } from '../../../../test/support/dns-server.js';
import { DnsClient } from './dns.client.js';

const servers: DnsServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(): Promise<DnsServer> {
  const server = await DnsServer.start();
  servers.push(server);
  return server;
}

const never = new AbortController().signal;
const shop = { name: 'shop.internal', type: 'A' } as const;

it('gives addresses with the shortest time to live of the chain that led there', async () => {
  const server = await start();
  server.set('A', 'shop.internal', [
    { type: 'CNAME', name: 'shop.internal', ttl: 7, data: 'real.internal' },
    { type: 'A', name: 'real.internal', ttl: 60, data: '10.0.0.1' },
    { type: 'A', name: 'real.internal', ttl: 30, data: '10.0.0.2' },
  ]);
  expect(await new DnsClient([server.address]).ask(shop, never)).toEqual({
    addresses: ['10.0.0.1', '10.0.0.2'],
    services: [],
    ttl: 7,
    nothing: '',
  });
});

it('tells the time to live of SRV records, and takes the root for none', async () => {
  const server = await start();
  const name = '_http._tcp.shop.internal';
  server.services(name, [{ priority: 1, weight: 2, port: 8080, target: 'a.internal' }], 5);
  const client = new DnsClient([server.address]);
  expect(await client.ask({ name, type: 'SRV' }, never)).toMatchObject({
    services: [{ priority: 1, weight: 2, port: 8080, target: 'a.internal' }],
    ttl: 5,
  });
  server.services(name, [{ port: 0, target: '.' }], 5);
  expect(await client.ask({ name, type: 'SRV' }, never)).toMatchObject({ services: [], ttl: 5 });
});

it('tells names that do not exist from those without such records, for how long the zone says', async () => {
  const server = await start();
  server.negativeTtl = 9;
  const client = new DnsClient([server.address]);
  expect(await client.ask(shop, never)).toMatchObject({ nothing: 'shop.internal does not exist', ttl: 9 });
  server.addresses('shop.internal', ['10.0.0.1']);
  const answer = await client.ask({ ...shop, type: 'AAAA' }, never);
  expect(answer).toMatchObject({ addresses: [], nothing: 'shop.internal has no AAAA record', ttl: 9 });
});

it('asks over TCP what does not fit into a datagram', async () => {
  const server = await start();
  const many = Array.from({ length: 200 }, (_, index) => `10.0.1.${index}`);
  server.addresses('shop.internal', many);
  const { addresses } = await new DnsClient([server.address]).ask(shop, never);
  expect(addresses).toEqual(many);
  expect(server.asked).toEqual(['A shop.internal', 'tcp A shop.internal']);
});

it('asks the next server when one is silent or refuses, and names all that failed', async () => {
  const [silent, refusing, good] = [await start(), await start(), await start()];
  silent.set('A', 'shop.internal', 'silent');
  refusing.set('A', 'shop.internal', 'refused');
  good.addresses('shop.internal', ['10.0.0.1']);
  const client = (...of: DnsServer[]) =>
    new DnsClient(
      of.map(({ address }) => address),
      100,
    );
  expect(await client(silent, refusing, good).ask(shop, never)).toMatchObject({ addresses: ['10.0.0.1'] });
  expect(silent.asked).toHaveLength(2);
  expect(refusing.asked).toHaveLength(1);
  await expect(client(silent, refusing).ask(shop, never)).rejects.toThrow(
    `shop.internal A cannot be resolved: ${silent.address}: no answer; ${refusing.address}: REFUSED`,
  );
});

it('passes over answers to other questions and what is no answer', async () => {
  const server = await start();
  server.addresses('shop.internal', ['10.0.0.1']);
  const client = new DnsClient([server.address]);
  const lie = { type: 'A', name: 'shop.internal', ttl: 60, data: '10.6.6.6' } as const;
  server.forge = (question, id) =>
    encode({ type: 'response', id: (id + 1) % 65_536, questions: [question], answers: [lie] });
  expect(await client.ask(shop, never)).toMatchObject({ addresses: ['10.0.0.1'] });
  server.forge = (question, id) =>
    encode({ type: 'response', id, questions: [{ ...question, name: 'other' }], answers: [lie] });
  expect(await client.ask(shop, never)).toMatchObject({ addresses: ['10.0.0.1'] });
  server.forge = () => Buffer.from('no message');
  expect(await client.ask(shop, never)).toMatchObject({ addresses: ['10.0.0.1'] });
});

it('ends at once when nobody wants the answer any more', async () => {
  const server = await start();
  server.set('A', 'shop.internal', 'silent');
  const stopping = new AbortController();
  const asking = new DnsClient([server.address], 60_000).ask(shop, stopping.signal);
  await server.askedAgain('A shop.internal');
  stopping.abort();
  await expect(asking).rejects.toThrow('aborted');
});
