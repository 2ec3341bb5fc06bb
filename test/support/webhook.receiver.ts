import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { freePort } from './free-ports.js';
import { keep } from './keep.js';

const PAGE = path.resolve(import.meta.dirname, '../../docs/webhook.md');

export interface ReceivedCall {
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

/** Behind the URL of a webhook: keeps what comes, and answers as told, then as a receiver that knows no count. */
export class WebhookReceiver {
  readonly received: ReceivedCall[] = [];
  /** Called with each count that is told, before it is answered. */
  onCount: (count: number) => Promise<void> = () => Promise.resolve();
  private readonly behaviours: Behaviour[] = [];
  private server: Server | null = null;

  private constructor(private readonly port: number) {}

  /** Ends with the running test. */
  static async start(): Promise<WebhookReceiver> {
    const receiver = keep(new WebhookReceiver(await freePort()));
    await receiver.up();
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/scale`;
  }

  next(...behaviours: readonly Behaviour[]): void {
    this.behaviours.push(...behaviours);
  }

  get posts(): ReceivedCall[] {
    return this.received.filter(({ method }) => method === 'POST');
  }

  get counts(): number[] {
    return this.posts.map(({ body }) => countIn(body));
  }

  /** Listens, on the same port as before. */
  async up(): Promise<void> {
    const server = createServer((request, response) => void this.take(request, response));
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.server = server;
  }

  /** Breaks all connections, and listens no more. */
  async close(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    this.server = null;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request;
    const body = await text(request);
    this.received.push({ method, headers, body });
    const behaviour = this.behaviours.shift();
    if (behaviour !== undefined) return behaviour(response, request);
    if (method === 'POST') await this.onCount(countIn(body));
    response.writeHead(method === 'GET' ? 404 : 204).end();
  }
}

export const says =
  (status: number, body = '', headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    response.writeHead(status, headers).end(body);

export const hangsUp: Behaviour = (response) => void response.destroy();

type Check = (field: unknown, body: string, secret: string, nowSeconds?: number) => boolean;

/** The check of a signature as the documentation has it for those who write a receiver. */
export async function documentedCheck(): Promise<Check> {
  const page = await readFile(PAGE, 'utf8');
  const folder = await mkdtemp(path.join(tmpdir(), 'velocity-webhook-'));
  keep({ close: () => rm(folder, { recursive: true }) });
  const file = path.join(folder, 'verify.mjs');
  await writeFile(file, /```js\n([^]*?)```/.exec(page)![1]!);
  const { isFromVelocity } = (await import(pathToFileURL(file).href)) as { isFromVelocity: Check };
  return isFromVelocity;
}

function countIn(body: string): number {
  return (JSON.parse(body) as { readonly count: number }).count;
}
