import { connect } from 'node:net';
import type { BoundAddress } from '../../common/contract/index.js';

/** Of what is said below; both sides must speak the same. */
export const TAKEOVER_VERSION = 1;

/** What a balancer listens on, or shall. Port 0: any. */
export interface TakenAddresses {
  readonly listeners: readonly BoundAddress[];
  readonly admin: BoundAddress;
}

/** From the new balancer to the running one: a line of JSON each. */
export type ToRunning =
  | { readonly type: 'ask'; readonly version: number; readonly pid: number; readonly wanted: TakenAddresses }
  /** Send the sockets: the new one is ready to listen. */
  | { readonly type: 'send' }
  /** It accepts. */
  | { readonly type: 'listening' };

/** From the running balancer to the new one. */
export type ToNew =
  | { readonly type: 'refused'; readonly reason: string }
  /** It would hand over; `addresses` are those that are bound. */
  | { readonly type: 'offered'; readonly pid: number; readonly addresses: TakenAddresses }
  /** Comes with a socket. `label`: the index of a listener, or `admin`. */
  | { readonly type: 'socket'; readonly label: string }
  /** All of them have been sent. */
  | { readonly type: 'sent'; readonly count: number }
  /** It accepts nothing any more, and has given up what only one may own. */
  | { readonly type: 'left' };

/** The socket over which the balancer with this token file can be asked. */
export function takeoverPath(tokenFile: string): string {
  return `${tokenFile}.takeover`;
}

/** Whether a balancer listens there. */
export function isAnswered(path: string): Promise<boolean> {
  const socket = connect(path);
  const answered = new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  return answered.finally(() => socket.destroy());
}

/** Longest path of a Unix socket that every platform takes, its end included: 104 on macOS, 108 on Linux. */
export const LONGEST_SOCKET_PATH = 103;

/** `127.0.0.1:8000, [::1]:8000`. */
export function addressList(addresses: readonly BoundAddress[]): string {
  return addresses.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(', ');
}
