import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Stage, STEADY_HEALTH, configOf } from '../support/balanced.js';
import type { BalancerProcess } from '../support/balancer-process.js';
import { MIB } from '../support/memory-gauge.js';

const SOCKETS = 1_000;
const CHANGES = 100;

interface Status {
  readonly revision: number;
  readonly workers: readonly { readonly generation: number; readonly restarts: number }[];
  readonly ledger: { readonly received: number; readonly dropped: number; readonly inFlight: number };
}

describe('open WebSockets', () => {
  const stage = new Stage();

  it(`${SOCKETS} of them on two workers survive ${CHANGES} unrelated changes, and cost no memory`, async () => {
    const backend = await stage.backend();
    const balancer = await stage.balancer(
      configOf([{ name: 'chat', hosts: ['127.0.0.1'], backends: [backend.url], health: STEADY_HEALTH }]),
    );
    let closed = 0;
    const sockets = await Promise.all(Array.from({ length: SOCKETS }, () => open(balancer.trafficPort)));
    for (const socket of sockets) socket.on('close', () => closed++);
    await echo(sockets, 'before');

    // What the first changes load and cache stays: the rest must add nothing to it.
    for (let index = 0; index < CHANGES / 2; index++) await change(balancer, index);
    const beforeBytes = await residentBytes(balancer);
    for (let index = CHANGES / 2; index < CHANGES; index++) await change(balancer, index);
    const grownMiB = ((await residentBytes(balancer)) - beforeBytes) / MIB;

    const { body } = await balancer.api<Status>('GET', '/api/v1/status');
    expect(body.revision).toBe(CHANGES + 1);
    // Both workers run the last one: none of the sockets lives in a thread that saw no change.
    expect(body.workers.map(({ generation }) => generation)).toEqual([CHANGES + 1, CHANGES + 1]);
    expect(body.workers.map(({ restarts }) => restarts)).toEqual([0, 0]);
    await echo(sockets, 'after');
    expect(closed).toBe(0);
    expect(body.ledger).toMatchObject({ received: SOCKETS, dropped: 0, inFlight: SOCKETS });
    // Seen: 3 MiB. A worker that kept the tables or the timers of each change would show.
    expect(grownMiB).toBeLessThan(32);
    for (const socket of sockets) socket.terminate();
  }, 180_000);
});

/** Adds, changes and removes services that have nothing to do with the open connections. */
async function change(balancer: BalancerProcess, index: number): Promise<void> {
  const route = '/api/v1/services';
  const name = `other-${Math.floor(index / 4)}`;
  const body = { name, hosts: [`${name}.test`], backends: ['http://127.0.0.1:9'], health: { type: 'none' } };
  const answer = await [
    () => balancer.api('POST', route, body),
    () => balancer.api('PUT', `${route}/${name}`, { ...body, algorithm: 'least-connections' }),
    () => balancer.api('PUT', `${route}/${name}`, { ...body, timeouts: { response: '1s' } }),
    () => balancer.api('DELETE', `${route}/${name}`),
  ][index % 4]!();
  expect(answer.status).toBeLessThan(300);
}

async function open(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
  await once(socket, 'open');
  return socket;
}

/** Each one says something and gets it back. */
async function echo(sockets: readonly WebSocket[], text: string): Promise<void> {
  await Promise.all(
    sockets.map(async (socket) => {
      const answer = once(socket, 'message') as Promise<[Buffer]>;
      socket.send(text);
      expect((await answer)[0].toString()).toBe(text);
    }),
  );
}

/** What the process holds of the machine's memory. */
async function residentBytes({ child }: BalancerProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1_024;
}
