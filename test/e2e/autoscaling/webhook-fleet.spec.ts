import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { configOf, Stage, STEADY_HEALTH } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { Clients } from '../../support/clients.js';
import { eventually } from '../../support/eventually.js';
import { scaled, scalingBalancer } from '../../support/scaled.balancer.js';
import { documentedCheck, WebhookReceiver } from '../../support/webhook.receiver.js';

const stage = new Stage();
const SECRET = '0123456789abcdef0123456789abcdef';
const MOST = 4;
const CLIENTS = 30;

const shop = (receiver: WebhookReceiver, scaling: object = {}) => ({
  name: 'shop',
  health: STEADY_HEALTH,
  queue: { size: 500, hold: '30s' },
  discovery: [{ file: 'shop.yml' }],
  scaling: {
    webhook: { url: receiver.url, secret: SECRET },
    max: MOST,
    targets: { inFlight: 10 },
    interval: '500ms',
    down: { stabilisation: '0s', step: 'off' },
    ...scaling,
  },
});

/** A balancer that tells the receiver the count; the receiver writes that many servers into the file that is discovered. */
async function scaledByHook(receiver: WebhookReceiver, scaling: object = {}): Promise<BalancerProcess> {
  const { ports } = await stage.backend({ count: MOST });
  const balancer = await scalingBalancer(
    stage,
    configOf([shop(receiver, scaling)], { drivers: { webhook: {} } }),
  );
  const file = path.join(balancer.dir, 'shop.yml');
  const write = async (count: number) => {
    const urls = ports.slice(0, count).map((port) => `http://127.0.0.1:${port}`);
    await writeFile(`${file}.new`, JSON.stringify(urls));
    await rename(`${file}.new`, file);
  };
  receiver.onCount = write;
  // The first count may have been told before there was somebody to write it down.
  const told = receiver.counts.at(-1);
  if (told !== undefined) await write(told);
  return balancer;
}

const clientsOf = ({ trafficPort }: BalancerProcess, connections: number) =>
  new Clients({ port: trafficPort, host: 'shop.test', connections, serviceMs: 100 });

async function hasBackends(balancer: BalancerProcess, count: number): Promise<void> {
  await eventually(async () => {
    const { body } = await balancer.api<{ items: { state: string }[] }>(
      'GET',
      '/api/v1/services/shop/backends',
    );
    expect(body.items.map(({ state }) => state)).toEqual(Array(count).fill('enabled'));
  });
}

describe('a service whose count is told by webhook', () => {
  it('grows and shrinks with its load, in messages whose signatures hold', async () => {
    const receiver = await WebhookReceiver.start();
    const balancer = await scaledByHook(receiver);
    await hasBackends(balancer, 1);
    const few = clientsOf(balancer, 5);
    const many = clientsOf(balancer, CLIENTS - 5);
    await scaled(balancer, 'shop', ({ current }) => current === 3);
    await hasBackends(balancer, 3);
    await few.goOn();
    expect(await many.failures()).toEqual([]);
    await scaled(balancer, 'shop', ({ current }) => current === 1);
    await hasBackends(balancer, 1);
    await few.goOn();
    expect(await few.failures()).toEqual([]);

    expect(receiver.counts[0]).toBe(1);
    expect(Math.max(...receiver.counts)).toBe(3);
    expect(receiver.counts.at(-1)).toBe(1);
    const isFromVelocity = await documentedCheck();
    for (const { headers, body } of receiver.received)
      expect(isFromVelocity(headers['velocity-signature'], body, SECRET)).toBe(true);
  });

  it('has what a schedule asks for while it lasts, without any load', async () => {
    const receiver = await WebhookReceiver.start();
    const balancer = await scaledByHook(receiver);
    await hasBackends(balancer, 1);
    const begin = new Date(Date.now() + 1_000);
    const cron = `${begin.getUTCSeconds()} ${begin.getUTCMinutes()} ${begin.getUTCHours()} * * *`;
    const schedules = [{ cron, for: '10s', min: 3 }];
    const { status } = await balancer.api('PUT', '/api/v1/services/shop', shop(receiver, { schedules }));
    expect(status).toBe(200);
    await scaled(balancer, 'shop', ({ floor, current }) => floor === 3 && current === 3);
    await hasBackends(balancer, 3);
    await scaled(balancer, 'shop', ({ floor, current }) => floor === 0 && current === 1);
    await hasBackends(balancer, 1);
    // All that come are one message; those that go are told as they are empty.
    expect(receiver.counts.slice(0, 2)).toEqual([1, 3]);
    expect(receiver.counts.at(-1)).toBe(1);
  });

  it('says that the receiver is down, serves on, and tells the count when it is back', async () => {
    const receiver = await WebhookReceiver.start();
    const balancer = await scaledByHook(receiver);
    await hasBackends(balancer, 1);
    const clients = clientsOf(balancer, 5);
    await clients.goOn();
    await receiver.close();
    const more = clientsOf(balancer, CLIENTS - 5);
    const { problem, state, current } = await scaled(balancer, 'shop', (view) => view.problem !== '');
    expect(problem).toContain(`the webhook ${receiver.url} cannot be reached`);
    expect({ state, current }).toEqual({ state: 'active', current: 1 });
    await clients.goOn();

    await receiver.up();
    await scaled(balancer, 'shop', (view) => view.problem === '' && view.current === 3);
    await hasBackends(balancer, 3);
    await clients.goOn();
    expect(await more.failures()).toEqual([]);
    expect(await clients.failures()).toEqual([]);
  });
});
