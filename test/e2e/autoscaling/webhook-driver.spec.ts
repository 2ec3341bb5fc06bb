import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { WebhookDriver } from '../../../src/modules/autoscaling/drivers/webhook/index.js';
import { keep } from '../../support/keep.js';
import { listening } from '../../support/listening.js';
import {
  type Behaviour,
  documentedCheck,
  hangsUp,
  says,
  WebhookReceiver,
} from '../../support/webhook.receiver.js';

const SECRET = 'a secret of the two';

function driverOf(url: string, timeoutMs = 20_000): WebhookDriver {
  const settings = { url, secret: SECRET, timeoutMs };
  return keep(new WebhookDriver({ service: 'shop', settings, pauses: { baseMs: 1, maxMs: 2 } }));
}

describe('the count', () => {
  it('is told as a whole, with the one before', async () => {
    const receiver = await WebhookReceiver.start();
    const driver = driverOf(receiver.url);
    await driver.start(3);
    const [first] = await driver.list();
    await driver.stop([first!.id, 'unknown']);
    expect(receiver.posts.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { service: 'shop', count: 3, previous: 0, at: expect.any(String) },
      { service: 'shop', count: 2, previous: 3, at: expect.any(String) },
    ]);
    const left = await driver.list();
    expect(left).toHaveLength(2);
    for (const { url, state } of left) expect({ url, state }).toEqual({ url: null, state: 'running' });
    expect(left.map(({ id }) => id)).not.toContain(first!.id);
  });

  it('goes on from the one that the receiver knows', async () => {
    const receiver = await WebhookReceiver.start();
    receiver.next(says(200, '{"count":4}'));
    const driver = driverOf(receiver.url);
    expect(await driver.list()).toHaveLength(4);
    await driver.start(1);
    expect(receiver.counts).toEqual([5]);
    expect(receiver.received.filter(({ method }) => method === 'GET')).toHaveLength(1);
  });

  it('is not taken for 0 while the receiver is away', async () => {
    const receiver = await WebhookReceiver.start();
    receiver.next(hangsUp, hangsUp, hangsUp, hangsUp);
    const driver = driverOf(receiver.url);
    await expect(driver.start(1)).rejects.toMatchObject({ code: 'DRIVER_UNAVAILABLE' });
    expect(receiver.posts).toEqual([]);
    receiver.next(says(200, '{"count":2}'));
    await driver.start(1);
    expect(receiver.counts).toEqual([3]);
  });

  it.each(['{"count":-1}', '{"count":"3"}', '[]', '<html>'])('must be one: %s is not', async (body) => {
    const receiver = await WebhookReceiver.start();
    receiver.next(says(200, body));
    await expect(driverOf(receiver.url).list()).rejects.toMatchObject({ code: 'DRIVER_REFUSED' });
  });

  it('arrives in order when several changes are asked for at a time', async () => {
    const receiver = await WebhookReceiver.start();
    const driver = driverOf(receiver.url);
    await Promise.all([driver.start(1), driver.start(1), driver.start(2)]);
    expect(receiver.counts).toEqual([1, 2, 4]);
  });

  it('is called back for when it has changed, and not after the end', async () => {
    const receiver = await WebhookReceiver.start();
    const driver = driverOf(receiver.url);
    let calls = 0;
    const end = driver.watch(() => (calls += 1));
    await driver.start(1);
    expect(calls).toBe(1);
    end();
    await driver.start(1);
    expect(calls).toBe(1);
  });
});

describe('the signature', () => {
  it('is verified by the example of the documentation, which refuses what was changed or is old', async () => {
    const receiver = await WebhookReceiver.start();
    await driverOf(receiver.url).start(1);
    const isFromVelocity = await documentedCheck();
    const { headers, body } = receiver.posts[0]!;
    const field = headers['velocity-signature'];
    expect(isFromVelocity(field, body, SECRET)).toBe(true);
    expect(isFromVelocity(field, body.replace('1', '9'), SECRET)).toBe(false);
    expect(isFromVelocity(field, body, 'another secret')).toBe(false);
    expect(isFromVelocity(field, body, SECRET, Date.now() / 1000 + 301)).toBe(false);
    expect(isFromVelocity(undefined, body, SECRET)).toBe(false);
    const asked = receiver.received[0]!;
    expect(asked.method).toBe('GET');
    expect(isFromVelocity(asked.headers['velocity-signature'], asked.body, SECRET)).toBe(true);
  });
});

describe('a failure', () => {
  it('of the connection or of the server is tried again, under the same key', async () => {
    const receiver = await WebhookReceiver.start();
    const driver = driverOf(receiver.url);
    await driver.list();
    receiver.next(hangsUp, says(503), says(429));
    await driver.start(2);
    expect(receiver.counts).toEqual([2, 2, 2, 2]);
    const keys = receiver.posts.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    await driver.start(1);
    expect(receiver.posts.at(-1)!.headers['idempotency-key']).not.toBe(keys[0]);
  });

  it('that stays is DRIVER_UNAVAILABLE, and changes nothing', async () => {
    const receiver = await WebhookReceiver.start();
    const driver = driverOf(receiver.url);
    await driver.start(1);
    receiver.next(says(500), says(500), says(500), says(500, 'out of order'));
    await expect(driver.start(1)).rejects.toMatchObject({
      code: 'DRIVER_UNAVAILABLE',
      message: expect.stringContaining('answers 500: out of order'),
    });
    expect(await driver.list()).toHaveLength(1);
    await driver.start(1);
    expect(receiver.counts.at(-1)).toBe(2);
  });

  it('of the settings is said with the beginning of the answer, once', async () => {
    const receiver = await WebhookReceiver.start();
    const driver = driverOf(receiver.url);
    await driver.list();
    receiver.next(says(403, `who\n are\u001B[31m you? ${'x'.repeat(5_000)}`));
    const failure = await driver.start(1).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'DRIVER_REFUSED' });
    expect(String(failure)).toMatch(/answers 403: who are \[31m you\? x+…$/);
    expect(String(failure).length).toBeLessThan(350);
    expect(receiver.posts).toHaveLength(1);
  });

  it.each([301, 302, 307, 308])('is a redirect with %d: the other place is not called', async (status) => {
    const [receiver, other] = [await WebhookReceiver.start(), await WebhookReceiver.start()];
    const driver = driverOf(receiver.url);
    await driver.list();
    receiver.next(says(status, '', { location: other.url }));
    await expect(driver.start(1)).rejects.toMatchObject({
      code: 'DRIVER_REFUSED',
      message: expect.stringContaining('Redirects are not followed'),
    });
    expect(other.received).toEqual([]);
  });

  it('is silence beyond the timeout, before the answer and in the middle of it', async () => {
    const receiver = await WebhookReceiver.start();
    const halfway: Behaviour = (response) => response.writeHead(200, { 'content-length': 10 }).write('half');
    receiver.next(
      () => undefined,
      halfway,
      () => undefined,
      halfway,
    );
    await expect(driverOf(receiver.url, 50).list()).rejects.toMatchObject({
      code: 'DRIVER_UNAVAILABLE',
      message: expect.stringMatching(/no answer within 50 ms/),
    });
  });

  it('never shows the credentials of the URL', async () => {
    const receiver = await WebhookReceiver.start();
    await receiver.close();
    const url = receiver.url.replace('http://', 'http://user:sesame@');
    const failure = await driverOf(url)
      .list()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'DRIVER_UNAVAILABLE' });
    expect(String(failure)).not.toContain('sesame');
  });

  it('is the end of the balancer: what waits is given up', async () => {
    const server = createServer();
    const silent = keep({
      close: async () => void server.closeAllConnections(),
      url: await listening(server),
    });
    const waiting = driverOf(silent.url, 600_000);
    const failure = waiting.list().catch((error: unknown) => error);
    await once(server, 'request');
    await waiting.close();
    expect(await failure).toMatchObject({ code: 'DRIVER_UNAVAILABLE' });
    server.close();
  });
});
