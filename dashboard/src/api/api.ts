import type { Problem } from './types';
import { endSession, tokenOfSession } from '../app/session';

/** A call that failed, in words for people. `status` 0: no answer came at all. */
export class ApiError extends Error {
  /** Field by field. */
  readonly issues: NonNullable<Problem['issues']>;
  readonly requestId: string;

  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    { issues = [], requestId = '' }: Partial<Pick<Problem, 'issues' | 'requestId'>> = {},
  ) {
    super(detail);
    this.name = 'ApiError';
    this.issues = issues;
    this.requestId = requestId;
  }

  /** Somebody else changed the same thing meanwhile: what is shown is old. */
  get isConflict(): boolean {
    return this.status === 409 || this.status === 412;
  }
}

/** Whatever a call was rejected with. What is no answer has the status 0. */
export function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, 'INTERNAL', error instanceof Error ? error.message : String(error));
}

/** What the balancer finds wrong with a field, or with a part of it (`backends` for `backends[1].url`); empty: nothing. */
export function problemAt(error: ApiError | null, field: string): string {
  const isAt = (path: string) => path === field || /^[.[]/.test(path.slice(field.length));
  return error?.issues.find(({ path }) => path.startsWith(field) && isAt(path))?.message ?? '';
}

export interface CallOptions {
  /** Sent as JSON; a text is sent as YAML. */
  readonly body?: unknown;
  /** Tag of what the change was decided on (`Answer.tag`): if it is no longer that, the change is refused (412). */
  readonly ifMatch?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Beside the usual ones. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer<Body> {
  readonly body: Body;
  /** To be sent back as `ifMatch`; empty: the answer has none. */
  readonly tag: string;
  readonly status: number;
}

/**
 * Calls the admin API with the token of the session. Rejects with `ApiError`, or with the signal's AbortError; a 401
 * also ends the session, so the sign-in page is shown.
 */
export async function call<Body = unknown>(
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer<Body>> {
  const response = await send(method, path, options);
  if (!response.ok) throw await errorOf(response, method);
  const tag = response.headers.get('etag') ?? '';
  return { body: (await bodyOf(response)) as Body, tag, status: response.status };
}

/** The same for an answer that is read bit by bit, such as events. */
export async function open(path: string, signal: AbortSignal, accept: string): Promise<Response> {
  const response = await send('GET', path, { signal, headers: { accept } });
  if (!response.ok) throw await errorOf(response, 'GET');
  return response;
}

/** Every page of a list, one after the other. */
export async function callAll<Item>(path: string, signal?: AbortSignal): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let next: string | null = path; next !== null;) {
    const page: { items: readonly Item[]; next: string | null } = (
      await call<{ items: readonly Item[]; next: string | null }>('GET', next, { signal })
    ).body;
    items.push(...page.items);
    next = page.next;
  }
  return items;
}

async function send(method: string, path: string, options: CallOptions): Promise<Response> {
  const { body, ifMatch, signal = null } = options;
  const token = tokenOfSession();
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
  if (token !== '') headers['authorization'] = `Bearer ${token}`;
  if (ifMatch) headers['if-match'] = ifMatch;
  if (body !== undefined) {
    headers['content-type'] ??= typeof body === 'string' ? 'application/yaml' : 'application/json';
  }
  const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  try {
    return await fetch(path, { method, headers, signal, body: sent ?? null, credentials: 'omit' });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(
      0,
      'UNREACHABLE',
      'The balancer does not answer. It may be restarting, or the network is away.',
    );
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  return isJson ? response.json() : response.text();
}

async function errorOf(response: Response, method: string): Promise<ApiError> {
  const body = await bodyOf(response).catch(() => undefined);
  const problem = isProblem(body) ? body : null;
  const detail = problem?.detail ?? `The balancer answered ${response.status} ${response.statusText}.`;
  const error = new ApiError(response.status, problem?.code ?? 'UNKNOWN', detail, problem ?? {});
  if (response.status === 401 && tokenOfSession() !== '') {
    const lost = method === 'GET' ? '' : ' What you just asked for was not done.';
    endSession(`Your token is no longer accepted: it has expired or was revoked.${lost}`);
  }
  return error;
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'detail' in body && 'code' in body;
}
