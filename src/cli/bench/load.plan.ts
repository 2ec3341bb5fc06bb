import { readFile } from 'node:fs/promises';
import { METHODS } from 'node:http';
import { parseDuration } from '../../common/config/units/duration.js';
import { usageFailure } from '../command.failure.js';

/** Flags of `velocity bench` as typed. */
export interface BenchFlags {
  readonly connections: number;
  readonly requests?: number;
  readonly duration?: string;
  readonly pipelining: number;
  readonly method?: string;
  readonly header?: readonly string[];
  readonly body?: string;
  readonly input?: string;
  readonly rate?: number;
  readonly timeout: string;
  readonly yes?: boolean;
}

/** What is sent, how much of it, and where. */
export interface LoadPlan {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
  readonly connections: number;
  readonly pipelining: number;
  /** null: until the time is over. */
  readonly requests: number | null;
  /** null: until all are sent. */
  readonly durationMs: number | null;
  /** Requests per second over all connections; null: as fast as answers come. */
  readonly rate: number | null;
  readonly timeoutMs: number;
}

const DEFAULT_REQUESTS = 1_000;
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*(.*)$/;

/** Rejects with a usage failure that says which argument makes no sense. */
export async function readPlan(target: string, flags: BenchFlags): Promise<LoadPlan> {
  const { pipelining, rate = null, duration } = flags;
  if (flags.requests !== undefined && duration !== undefined) {
    throw usageFailure('Give either -n (how many requests) or -d (for how long).');
  }
  const body = await bodyOf(flags);
  const durationMs = duration === undefined ? null : parseDuration(duration);
  const requests = durationMs === null ? (flags.requests ?? DEFAULT_REQUESTS) : null;
  return {
    url: urlOf(target),
    method: methodOf(flags.method ?? (body === null ? 'GET' : 'POST')),
    headers: headersOf(flags.header ?? []),
    body,
    // Each has at least one request to send.
    connections: Math.min(flags.connections, requests ?? Infinity, rate ?? Infinity),
    pipelining,
    requests,
    durationMs,
    rate,
    timeoutMs: parseDuration(flags.timeout) ?? 0,
  };
}

/** `localhost:8000` means `http://localhost:8000/`. */
function urlOf(target: string): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(target) ? target : `http://${target}`;
  const url = URL.parse(text);
  if (url === null) throw usageFailure(`${target} is no URL: write one such as http://localhost:8000/path.`);
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw usageFailure(`${url.protocol} cannot be loaded: only http: and https: can.`);
}

function methodOf(text: string): string {
  const method = text.toUpperCase();
  if (METHODS.includes(method) && method !== 'CONNECT') return method;
  throw usageFailure(`${text} is no method that can be sent, such as GET or POST.`);
}

function headersOf(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name, value] = HEADER.exec(line) ?? [];
    if (name === undefined || value === undefined || /[\r\n\0]/.test(value)) {
      throw usageFailure(`${JSON.stringify(line)} is no header: write "Name: value".`);
    }
    headers[name] = value;
  }
  return headers;
}

async function bodyOf({ body, input }: BenchFlags): Promise<Buffer | null> {
  if (body !== undefined && input !== undefined) throw usageFailure('Give the body with -b or with -i.');
  if (body !== undefined) return Buffer.from(body);
  if (input === undefined) return null;
  try {
    return await readFile(input);
  } catch (error) {
    throw usageFailure(`The body cannot be read: ${(error as Error).message}.`);
  }
}
