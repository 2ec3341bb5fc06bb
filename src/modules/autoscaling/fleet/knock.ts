import { connect } from 'node:net';

const TIMEOUT_MS = 2_000;

/**
 * Whether somebody accepts connections at an origin. A copy becomes a backend when this is so: its first probe then finds
 * it up, instead of waiting for the second one.
 */
export function knock(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) || (protocol === 'https:' ? 443 : 80) });
    const settle = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.setTimeout(TIMEOUT_MS, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
