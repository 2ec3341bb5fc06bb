import http from 'node:http';

export interface LoadOptions {
  readonly port: number;
  /** Host header: chooses the service. */
  readonly host: string;
  readonly path?: string;
  readonly method?: string;
  readonly body?: string;
  readonly connections: number;
  /** Ends the load; requests under way are finished. */
  readonly stop: AbortSignal;
  /** Hard bound on the number of requests. Default: 200 000. */
  readonly limit?: number;
  /** Called after each answer. */
  readonly onAnswer?: (answer: Answer) => void;
}

export interface Answer {
  /** 0: the connection broke. */
  readonly status: number;
  readonly body: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly error: string;
}

export interface Tally {
  readonly sent: number;
  /** How often each status came; 0 counts broken connections. */
  readonly statuses: Readonly<Record<number, number>>;
  readonly errors: readonly string[];
}

/** Keeps `connections` requests under way over keep-alive connections until told to stop, and counts what came back. */
export async function runLoad(options: LoadOptions): Promise<Tally> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: options.connections });
  const statuses: Record<number, number> = {};
  const errors: string[] = [];
  const limit = options.limit ?? 200_000;
  let sent = 0;
  const client = async () => {
    while (!options.stop.aborted && sent < limit) {
      sent++;
      const answer = await request({ agent, ...options });
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      if (answer.error) errors.push(answer.error);
      options.onAnswer?.(answer);
    }
  };
  await Promise.all(Array.from({ length: options.connections }, client));
  agent.destroy();
  return { sent, statuses, errors };
}

export interface RequestOptions {
  readonly port: number;
  readonly host: string;
  readonly path?: string;
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: http.Agent;
}

/** One request; never rejects. */
export function request(options: RequestOptions): Promise<Answer> {
  return new Promise((resolve) => {
    const { port, host, path = '/', method = 'GET', body, headers, agent = false } = options;
    const call = http.request(
      { host: '127.0.0.1', port, path, method, agent, headers: { host, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        const end = (error: string) =>
          resolve({
            status: error ? 0 : response.statusCode!,
            body: Buffer.concat(chunks).toString(),
            headers: response.headers,
            error,
          });
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => end(''));
        response.on('error', (error) => end(error.message));
      },
    );
    call.on('error', (error) => resolve({ status: 0, body: '', headers: {}, error: error.message }));
    call.end(body);
  });
}
