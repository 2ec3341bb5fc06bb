import http from 'node:http';
import type { Child } from './children.js';

const START_DEADLINE_MS = 60_000;
const RETRY_MS = 20;

export interface Answer {
  /** 0: no answer. */
  readonly status: number;
  readonly body: string;
}

/** One GET; never rejects. */
export function get(port: number, target: string, options: http.RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve) => {
    const call = http.get({ host: '127.0.0.1', port, path: target, agent: false, ...options }, (response) => {
      let body = '';
      response.setEncoding('latin1');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, body }));
      response.on('error', () => resolve({ status: 0, body }));
    });
    call.on('error', () => resolve({ status: 0, body: '' }));
  });
}

/** Resolves at the first 200. Throws when the process ends before, or after 60 s. */
export async function untilServed(
  port: number,
  child: Child,
  headers: http.OutgoingHttpHeaders = {},
): Promise<void> {
  const deadline = performance.now() + START_DEADLINE_MS;
  while (performance.now() < deadline) {
    const { status } = await get(port, '/', { headers });
    if (status === 200) return;
    child.assertRuns();
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  throw new Error(
    `${child.name} served nothing on port ${port} in ${START_DEADLINE_MS} ms. ${child.complaint}`,
  );
}
