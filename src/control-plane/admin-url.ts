import { hostname } from 'node:os';
import type { BoundAddress } from '../common/contract/index.js';

const EVERY_ADDRESS = ['', '0.0.0.0', '::'];

/** Where somebody on another machine finds the admin API: a listener on every address is named by the machine. */
export function adminUrlOf({ host, port }: BoundAddress, secure: boolean, machine = hostname()): string {
  const name = EVERY_ADDRESS.includes(host) ? machine : host;
  return `${secure ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
