import type { BlockImage, BlockImageKind, BlockImages } from './blocklist.js';
import type { PolicyEvent } from './policy-event.js';
import type { RedisSettings } from './shared-limits.js';
import type { TracingSettings } from './tracing.js';
import type { SharedMemoryShape } from './shared-memory.js';
import type { Snapshot } from './snapshot.js';

/** An address and port to accept on, as a worker needs it. */
export interface ListenerSettings {
  readonly host: string;
  readonly port: number;
  /**
   * `auto`: the wire lane, which hands upgrades over to the HTTP lane. `wire`: the wire lane alone; an upgrade is passed on
   * as a plain request. `http`: the HTTP lane alone. Served inline, `auto` is the HTTP lane.
   */
  readonly lane: 'auto' | 'wire' | 'http';
  readonly headTimeoutMs: number;
  /** Idle time of a client's keep-alive connection. */
  readonly idleTimeoutMs: number;
  readonly maxHeadBytes: number;
  readonly maxHeaders: number;
  readonly maxUriBytes: number;
  /** Client connections that are served at a time, over all workers; more wait unserved. */
  readonly maxConnections: number;
  /** Client connections of one address, over all workers; one more is closed at accept. 0: off. */
  readonly maxConnectionsPerAddress: number;
}

/** `workerData` of a data-plane worker. */
export interface WorkerInit {
  readonly worker: number;
  readonly memory: SharedArrayBuffer;
  readonly shape: SharedMemoryShape;
  readonly listeners: readonly ListenerSettings[];
  /** Several workers on one port; false where the platform lacks it. */
  readonly reusePort: boolean;
  /** Whether finished exchanges are recorded. */
  readonly accessLog: boolean;
  /** null: rate limits count in this balancer alone. */
  readonly redis: RedisSettings | null;
  /** null: traces are passed on. */
  readonly tracing: TracingSettings | null;
  readonly snapshot: Snapshot;
  readonly blocklists: BlockImages;
}

/** Main thread to worker. */
export type ToWorker =
  /** Open the listeners, those of `adopted` over these sockets; those that are open already stay as they are. */
  | { readonly type: 'listen'; readonly adopted: readonly ListeningSocket[] }
  /** Say which sockets listen. */
  | { readonly type: 'sockets' }
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot }
  /** Another image serves in the place of the one of its kind. */
  | { readonly type: 'blocklist'; readonly kind: BlockImageKind; readonly image: BlockImage | null }
  /** Stop accepting, finish what runs, then exit; what still runs after the deadline is cut. */
  | { readonly type: 'drain'; readonly deadlineMs: number };

/** Worker to main thread. */
export type FromWorker =
  | { readonly type: 'listening'; readonly addresses: readonly BoundAddress[] }
  | {
      readonly type: 'listen-failed';
      readonly listener: number;
      readonly code: string;
      readonly message: string;
    }
  | { readonly type: 'sockets'; readonly sockets: readonly ListeningSocket[] }
  /** The snapshot of this generation serves; older ones are forgotten. */
  | { readonly type: 'running'; readonly generation: number }
  | { readonly type: 'policy-event'; readonly event: PolicyEvent }
  /** Encoded access-log records (see access-log.codec.ts), transferred. */
  | { readonly type: 'access-log'; readonly batch: ArrayBuffer; readonly records: number }
  /** The same of exchanges whose spans are recorded. */
  | { readonly type: 'spans'; readonly batch: ArrayBuffer; readonly records: number }
  /** A fault in this program ended an exchange as `internal_error`. */
  | { readonly type: 'exchange-error'; readonly requestId: string; readonly message: string }
  /** The last message of a worker that ends because of an uncaught error. */
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'drained'; readonly report: DrainReport };

/** A socket that listens, or will: a descriptor of this process, whichever of its threads opened it. */
export interface ListeningSocket {
  /** Index of the listener. */
  readonly listener: number;
  readonly fd: number;
}

/** What still ran at the deadline of a drain, and was cut. */
export interface DrainReport {
  /** All of it. */
  readonly cut: number;
  /** By service name; what had not found its service is not in here. */
  readonly services: Readonly<Record<string, CutExchanges>>;
}

export interface CutExchanges {
  readonly exchanges: number;
  /** Upgraded connections. */
  readonly tunnels: number;
}

export interface BoundAddress {
  readonly host: string;
  readonly port: number;
}
