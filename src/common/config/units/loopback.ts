import { isIP } from 'node:net';

/** Whether a listener on this host can be reached from this machine only. An IPv6 address may stand in brackets, as in a URL. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (isIP(name) === 4) return name.startsWith('127.');
  return name === '::1' || name === 'localhost' || name.endsWith('.localhost');
}
