import type { ServiceTimeouts } from '../../common/contract/index.js';
import type { Exchange } from './exchange.js';

/** What an exchange waits for, and so what its present deadline means. */
export const Waiting = { nothing: 0, connection: 1, body: 2, response: 3, backend: 4, client: 5 } as const;
export type Waiting = (typeof Waiting)[keyof typeof Waiting];

/** Until when an exchange that waits for this from `nowMs` on may wait; Infinity: the service sets no limit. */
export function waitsUntil(exchange: Exchange, waiting: Waiting, nowMs: number): number {
  const limitMs = limitOf(exchange.settings.timeouts, waiting);
  return limitMs === 0 ? Infinity : nowMs + limitMs;
}

/** The setting that limits a wait, milliseconds; 0: none does. */
function limitOf(timeouts: ServiceTimeouts, waiting: Waiting): number {
  switch (waiting) {
    case Waiting.connection:
      return timeouts.connectMs;
    case Waiting.body:
    case Waiting.client:
      return timeouts.bodyMs;
    case Waiting.response:
    case Waiting.backend:
      return timeouts.responseMs;
    default:
      return 0;
  }
}

/** For so long the other side may still send, or read, when everything has been said; then the connection is cut. */
export const LINGER_MS = 5_000;
