import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { CommandFailure } from '../command.failure.js';
import type { AdminTarget } from './admin.target.js';
import { readEvents, type ServerEvent } from './event.reader.js';
import { answerFailure, refusal, type RefusedAnswer, unreachable } from './admin.failures.js';

const DEFAULT_DEADLINE_MS = 15_000;
/** The largest answers are a page of a thousand records and the metrics of thousands of backends. */
const MAX_ANSWER_BYTES = 256 * 1_024 * 1_024;

/** A list is a parameter that is repeated. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface Call {
  /** Those without a value are left out. */
  readonly query?: Query;
  readonly body?: unknown;
  /** Of a body that is text. Default: the body is sent as JSON. */
  readonly mediaType?: string;
  /** Entity tag, without quotes, that the changed resource must still have. */
  readonly ifMatch?: string;
  /** Milliseconds for the whole call. Default 15,000. */
  readonly deadlineMs?: number;
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/**
 * Calls the admin API. Everything that does not succeed rejects with a CommandFailure: nobody answers, somebody else
 * answers, or the API refuses.
 */
export class AdminClient {
  private readonly agent: http.Agent;
  private readonly isSecure: boolean;

  constructor(readonly target: AdminTarget) {
    this.isSecure = target.url.startsWith('https:');
    this.agent = this.isSecure
      ? new https.Agent({ keepAlive: true, ca: target.ca ?? undefined })
      : new http.Agent({ keepAlive: true });
  }

  /** The parsed answer of a GET; `path` from the root, also with a query as in the `next` of a page. */
  get<T>(path: string, call: Call = {}): Promise<T> {
    return this.json<T>('GET', path, call);
  }

  /** The parsed answer of a change; undefined when there is none. */
  send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, call: Call = {}): Promise<T> {
    return this.json<T>(method, path, call);
  }

  /** An answer that is text. */
  async text(path: string, call: Call & { readonly accept?: string } = {}): Promise<string> {
    const answer = await this.answered('GET', path, { ...call, accept: call.accept ?? 'text/plain' });
    return answer.text;
  }

  /** Every item of a list, page by page. */
  async *items<T>(path: string, call: Call = {}): AsyncGenerator<T> {
    let page = await this.get<Page<T>>(path, call);
    for (;;) {
      yield* page.items;
      if (page.next === null) return;
      page = await this.get<Page<T>>(page.next);
    }
  }

  /** All of them at once. */
  async all<T>(path: string, call: Call = {}): Promise<T[]> {
    const found: T[] = [];
    for await (const item of this.items<T>(path, call)) found.push(item);
    return found;
  }

  /** Events of a stream, until it ends or the signal says so. */
  async *events(path: string, query: Query, signal: AbortSignal): AsyncGenerator<ServerEvent> {
    const request = this.request('GET', this.urlOf(path, query), { accept: 'text/event-stream' }, signal);
    request.end();
    try {
      const [response] = (await once(request, 'response', { signal })) as [http.IncomingMessage];
      response.setEncoding('utf8');
      if (response.statusCode !== 200) throw this.refused(await wholeAnswer(response));
      yield* readEvents(response);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof CommandFailure) throw error;
      throw await unreachable(this.target, error as NodeJS.ErrnoException);
    } finally {
      request.destroy();
    }
  }

  private request(method: string, url: URL, call: AcceptingCall, signal: AbortSignal): http.ClientRequest {
    return (this.isSecure ? https : http).request(url, {
      method,
      agent: this.agent,
      headers: this.headersOf(call),
      signal,
    });
  }

  private refused(answer: Answer): CommandFailure {
    const problem = parseJson(answer);
    return isProblem(problem) ? refusal(this.target, problem) : answerFailure(this.target, answer);
  }

  private async json<T>(method: string, path: string, call: Call): Promise<T> {
    const answer = await this.answered(method, path, { ...call, accept: 'application/json' });
    if (answer.status === 204) return undefined as T;
    const parsed = parseJson(answer);
    if (parsed === undefined) throw answerFailure(this.target, answer);
    return parsed as T;
  }

  private async answered(method: string, path: string, call: AcceptingCall): Promise<Answer> {
    const answer = await this.exchange(method, this.urlOf(path, call.query), call);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw this.refused(answer);
  }

  private urlOf(path: string, query: Query = {}): URL {
    const url = new URL(this.target.url + path);
    for (const [name, value] of Object.entries(query)) {
      if (Array.isArray(value))
        for (const one of value as readonly string[]) url.searchParams.append(name, one);
      else if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url;
  }

  private async exchange(method: string, url: URL, call: AcceptingCall): Promise<Answer> {
    for (;;) {
      const signal = AbortSignal.timeout(call.deadlineMs ?? DEFAULT_DEADLINE_MS);
      const request = this.request(method, url, call, signal);
      try {
        return await complete(request, bodyOf(call));
      } catch (error) {
        // A kept connection may have been closed by the other side just now; reading once more changes nothing.
        const mayRepeat = request.reusedSocket && method === 'GET';
        if (!mayRepeat || !isReset(error))
          throw await unreachable(this.target, error as NodeJS.ErrnoException);
      }
    }
  }

  private headersOf({ accept, body, mediaType, ifMatch }: AcceptingCall): http.OutgoingHttpHeaders {
    const { token } = this.target;
    return {
      accept,
      'user-agent': 'velocity-cli',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': mediaType ?? 'application/json' }),
      ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
    };
  }
}

type AcceptingCall = Call & { readonly accept: string };

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

function bodyOf({ body, mediaType }: Call): Buffer | null {
  if (body === undefined) return null;
  return Buffer.from(mediaType === undefined ? JSON.stringify(body) : String(body));
}

function complete(request: http.ClientRequest, body: Buffer | null): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) request.destroy(new Error('the answer is too large'));
      });
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    if (body !== null) request.setHeader('content-length', body.length);
    request.end(body ?? undefined);
  });
}

async function wholeAnswer(response: http.IncomingMessage): Promise<Answer> {
  let text = '';
  for await (const chunk of response) text += chunk as string;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

function isReset(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** undefined: it is none. */
function parseJson({ headers, text }: Answer): unknown {
  if (!(headers['content-type'] ?? '').includes('json')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isProblem(value: unknown): value is RefusedAnswer {
  return (
    typeof value === 'object' && value !== null && 'code' in value && 'detail' in value && 'status' in value
  );
}
