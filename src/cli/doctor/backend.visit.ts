import http from 'node:http';
import https from 'node:https';
import { describeFailure } from '../../modules/health/probes/failure.reason.js';
import type { ExaminedBackend } from './examination.js';

const DEADLINE_MS = 3_000;

/** What one request to a backend showed. */
export interface BackendVisit {
  readonly backend: ExaminedBackend;
  /** Why nothing came back; empty: an answer came. */
  readonly error: string;
  /** 0: none. */
  readonly status: number;
  /** Seconds that it says it keeps an idle connection; null: it does not say. */
  readonly keepAliveSeconds: number | null;
  /** It closes after each answer. */
  readonly closes: boolean;
  /** By how much its clock is ahead of ours, in milliseconds, to a second; null: it sends no date. */
  readonly clockAheadMs: number | null;
  /** Milliseconds after which it closed the idle connection; null: it did not, or nobody waited. */
  readonly closedAfterMs: number | null;
}

/**
 * Sends one request: for the path of the health probe, or for the head of `/` where none is set. `waitIdleMs`: keeps the
 * connection so long and sees whether the other side closes it.
 */
export function visit(backend: ExaminedBackend, waitIdleMs: number): Promise<BackendVisit> {
  const url = new URL(backend.healthPath === '' ? '/' : backend.healthPath, backend.url);
  const isSecure = url.protocol === 'https:';
  const agent = isSecure
    ? new https.Agent({
        keepAlive: true,
        ca: backend.ca || undefined,
        rejectUnauthorized: backend.ca !== null,
        servername: backend.serverName || undefined,
      })
    : new http.Agent({ keepAlive: true });
  return new Promise<BackendVisit>((resolve) => {
    const request = (isSecure ? https : http).request(url, {
      agent,
      method: backend.healthPath === '' ? 'HEAD' : 'GET',
      headers: { 'user-agent': 'velocity-doctor' },
      timeout: DEADLINE_MS,
    });
    request.on('timeout', () => request.destroy(new Error('no answer within 3 s')));
    request.on('error', (error) => resolve({ ...UNANSWERED, backend, error: describeFailure(error).error }));
    request.on('response', (response) => {
      response.resume();
      response.on('end', async () => {
        const closedAfterMs = await closing(request, waitIdleMs);
        resolve({ ...readAnswer(backend, response), closedAfterMs });
      });
    });
    request.end();
  }).finally(() => agent.destroy());
}

const UNANSWERED = {
  status: 0,
  keepAliveSeconds: null,
  closes: false,
  clockAheadMs: null,
  closedAfterMs: null,
} as const;

function readAnswer(
  backend: ExaminedBackend,
  response: http.IncomingMessage,
): Omit<BackendVisit, 'closedAfterMs'> {
  const { headers, statusCode = 0 } = response;
  const timeout = /(?:^|[,\s])timeout=(\d{1,9})/i.exec(String(headers['keep-alive'] ?? ''))?.[1];
  const date = Date.parse(headers.date ?? '');
  return {
    backend,
    error: '',
    status: statusCode,
    keepAliveSeconds: timeout === undefined ? null : Number(timeout),
    closes: /\bclose\b/i.test(headers.connection ?? ''),
    // The header is cut to the second: on average it is half a second old.
    clockAheadMs: Number.isNaN(date) ? null : date + 500 - Date.now(),
  };
}

function closing({ socket }: http.ClientRequest, waitIdleMs: number): Promise<number | null> {
  if (waitIdleMs === 0 || socket === null || socket.destroyed) return Promise.resolve(null);
  const started = performance.now();
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), waitIdleMs);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(performance.now() - started);
    });
  });
}
