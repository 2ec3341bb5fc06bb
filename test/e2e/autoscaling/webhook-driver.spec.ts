import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { WebhookDriver } from '../../../src/modules/autoscaling/drivers/webhook/index.js';
import { keep } from '../../support/keep.js';
import { listening } from '../../support/listening.js';

const SECRET = 'a secret of the two';

interface Received {
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

/** Behind the URL: keeps what comes, and answers as told, then as a receiver that knows no count. */
class Receiver {
  readonly received: Received[] = [];
  private readonly behaviours: Behaviour[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {
    server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
      const { method = '', headers } = request;
      this.received.push({ method, headers, body: await text(request) });
      const usual: Behaviour = (answer) => answer.writeHead(method === 'GET' ? 404 : 204).end();
      (this.behaviours.shift() ?? usual)(response, request);
    });
  }

  static async start(): Promise<Receiver> {
    const server = createServer();
    return keep(new Receiver(server, `${await listening(server)}/scale`));
  }

  next(...behaviours: readonly Behaviour[]): void {
    this.behaviours.push(...behaviours);
  }

  get posts(): Received[] {
    return this.received.filter(({ method }) => method === 'POST');
  }

  get counts(): number[] {
    return this.posts.map(({ body }) => (JSON.parse(body) as { count: number }).count);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function driverOf(url: string, timeoutMs = 20_000): WebhookDriver {
  const settings = { url, secret: SECRET, timeoutMs };
  return keep(new WebhookDriver({ service: 'shop', settings, pauses: { baseMs: 1, maxMs: 2 } }));
}

const says =
  (status: number, body = '', headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    response.writeHead(status, headers).end(body);
const hangsUp: Behaviour = (response) => void response.destroy();

describe('the count', () => {
  it('is told as a whole, with the one before', async () => {
    const receiver = await Receiver.start();
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
    const receiver = await Receiver.start();
    receiver.next(says(200, '{"count":4}'));
    const driver = driverOf(receiver.url);
    expect(await driver.list()).toHaveLength(4);
    await driver.start(1);
    expect(receiver.counts).toEqual([5]);
    expect(receiver.received.filter(({ method }) => method === 'GET')).toHaveLength(1);
  });

  it('is not taken for 0 while the receiver is away', async () => {
    const receiver = await Receiver.start();
    receiver.next(hangsUp, hangsUp, hangsUp, hangsUp);
    const driver = driverOf(receiver.url);
    await expect(driver.start(1)).rejects.toMatchObject({ code: 'DRIVER_UNAVAILABLE' });
    expect(receiver.posts).toEqual([]);
    receiver.next(says(200, '{"count":2}'));
    await driver.start(1);
    expect(receiver.counts).toEqual([3]);
  });

  it.each(['{"count":-1}', '{"count":"3"}', '[]', '<html>'])('must be one: %s is not', async (body) => {
    const receiver = await Receiver.start();
    receiver.next(says(200, body));
    await expect(driverOf(receiver.url).list()).rejects.toMatchObject({ code: 'DRIVER_REFUSED' });
  });

  it('arrives in order when several changes are asked for at a time', async () => {
    const receiver = await Receiver.start();
    const driver = driverOf(receiver.url);
    await Promise.all([driver.start(1), driver.start(1), driver.start(2)]);
    expect(receiver.counts).toEqual([1, 2, 4]);
  });

  it('is called back for when it has changed, and not after the end', async () => {
    const receiver = await Receiver.start();
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
    const receiver = await Receiver.start();
    await driverOf(receiver.url).start(1);
    const page = await readFile(path.resolve(import.meta.dirname, '../../../docs/webhook.md'), 'utf8');
    const folder = await mkdtemp(path.join(tmpdir(), 'velocity-webhook-'));
    keep({ close: () => rm(folder, { recursive: true }) });
    const file = path.join(folder, 'verify.mjs');
    await writeFile(file, /```js\n([^]*?)```/.exec(page)![1]!);
    const { isFromVelocity } = (await import(pathToFileURL(file).href)) as {
      isFromVelocity(field: unknown, body: string, secret: string, nowSeconds?: number): boolean;
    };
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
    const receiver = await Receiver.start();
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
    const receiver = await Receiver.start();
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
    const receiver = await Receiver.start();
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
    const [receiver, other] = [await Receiver.start(), await Receiver.start()];
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
    const receiver = await Receiver.start();
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
    const receiver = await Receiver.start();
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
