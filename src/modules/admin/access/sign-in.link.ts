/** Where the admin API listens, and how it is spoken to. */
export interface AdminPlace {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

/**
 * The link that a start prints: it opens the dashboard already signed in. The token is in the fragment, which browsers
 * never send, and the page removes it from the address bar. null: none is asked for.
 */
export function signInLink({ host, port, secure }: AdminPlace, token: string | null): string {
  const page = `${secure ? 'https' : 'http'}://${reachable(host)}:${port}/`;
  return token === null ? page : `${page}#token=${token}`;
}

function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
