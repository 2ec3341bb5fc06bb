import type { AccessLogRecord } from '../../api/types';

/** A request that nobody has made, as the page's address and the API have it. */
export interface Question {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** Address that it comes from. Empty: nothing is asked yet. */
  readonly ip: string;
  /** Each as `Name: value`. */
  readonly headers: readonly string[];
}

export function questionIn(query: string): Question {
  const parameters = new URLSearchParams(query);
  const one = (name: string) => parameters.get(name) ?? '';
  return {
    method: one('method') || 'GET',
    host: one('host'),
    path: one('path') || '/',
    ip: one('ip'),
    headers: parameters.getAll('header'),
  };
}

/** Without `?`. */
export function queryOf({ method, host, path, ip, headers }: Question): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ method, host, path, ip })) {
    if (value !== '') parameters.set(name, value);
  }
  for (const header of headers) if (header.trim() !== '') parameters.append('header', header.trim());
  return parameters.toString();
}

/** The page that says what would become of the same request now, with those headers that the log kept. */
export function explainPath({ method, host, path, query, client, headers }: AccessLogRecord): string {
  const kept = Object.entries(headers ?? {}).filter(([name]) => name.toLowerCase() !== 'host');
  return `/explain?${queryOf({
    method,
    host: host ?? '',
    path: path + (query && `?${query}`),
    ip: client,
    headers: kept.map(([name, value]) => `${name}: ${value}`),
  })}`;
}
