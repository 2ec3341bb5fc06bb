import type { ServiceTimeouts } from '../../common/contract/index.js';
import type { Exchange } from './exchange.js';

/** What an exchange waits for, and so what its present deadline means. */
export const Waiting = { nothing: 0, connection: 1, body: 2, response: 3, backend: 4, client: 5 } as const;
export type Waiting = (typeof Waiting)[keyof typeof Waiting];

/** The setting that limits each wait. */
const LIMITS: Readonly<Record<Waiting, keyof ServiceTimeouts | null>> = {
  [Waiting.nothing]: null,
  [Waiting.connection]: 'connectMs',
  [Waiting.body]: 'bodyMs',
  [Waiting.response]: 'responseMs',
  [Waiting.backend]: 'responseMs',
  [Waiting.client]: 'bodyMs',
};

/** Until when an exchange that waits for this from `nowMs` on may wait; Infinity: the service sets no limit. */
export function waitsUntil(exchange: Exchange, waiting: Waiting, nowMs: number): number {
  const limit = LIMITS[waiting];
  const limitMs = limit === null ? 0 : exchange.settings.timeouts[limit];
  return limitMs === 0 ? Infinity : nowMs + limitMs;
}

/** For so long the other side may still send, or read, when everything has been said; then the connection is cut. */
export const LINGER_MS = 5_000;
