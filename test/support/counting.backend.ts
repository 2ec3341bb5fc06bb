import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A backend that answers each request some turns of its loop later, and counts how many it works on at a time. */
export class CountingBackend {
  now = 0;
  most = 0;
  total = 0;

  private constructor(private readonly server: Server) {}

  /** @param turns Of the event loop until a request is answered. */
  static async start(turns: number): Promise<CountingBackend> {
    const server = createServer((request, response) => {
      if (request.url === '/health') return void response.end('ok');
      backend.total++;
      backend.most = Math.max(backend.most, ++backend.now);
      response.once('close', () => backend.now--);
      later(turns, () => response.end('ok'));
    });
    const backend = new CountingBackend(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return backend;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}

function later(turns: number, act: () => void): void {
  if (turns === 0) act();
  else setImmediate(() => later(turns - 1, act));
}
