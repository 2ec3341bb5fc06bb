import http from 'node:http';
import { once } from 'node:events';

/** A request that stays in flight until the test ends it: half of its body is sent, and the backend echoes what it gets. */
export class HeldRequest {
  private constructor(
    private readonly call: http.ClientRequest,
    private readonly response: http.IncomingMessage,
  ) {}

  /** Resolves when the backend has begun to answer. The test server is to be behind `port`. */
  static async begin(port: number, host: string): Promise<HeldRequest> {
    const call = http.request({ host: '127.0.0.1', port, path: '/echo', method: 'POST', headers: { host } });
    call.write('first ');
    const [response] = (await once(call, 'response')) as [http.IncomingMessage];
    return new HeldRequest(call, response);
  }

  /** Sends the rest. Resolves with the whole body; rejects when the exchange was cut. */
  async finish(): Promise<string> {
    this.call.end('last');
    let body = '';
    for await (const chunk of this.response) body += String(chunk);
    return body;
  }
}
