/**
 * The link that a start prints: it opens the API's page already signed in. The token is in the fragment, which browsers
 * never send, and the page removes it from the address bar.
 */
export function signInLink(host: string, port: number, token: string): string {
  return `http://${reachable(host)}:${port}/docs#token=${token}`;
}

function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
