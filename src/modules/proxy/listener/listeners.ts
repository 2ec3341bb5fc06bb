import type { RequestListener } from 'node:http';
import type { ListenerSettings } from '../../../common/contract/index.js';
import type { ConnectionGate } from '../connections/connection.gate.js';
import type { HttpLane } from '../http-lane/http-lane.js';
import type { HttpLaneLoader } from '../http-lane/http-lane.loader.js';
import { type HandOver, WireConnections } from '../wire-lane/wire-connections.js';
import type { WireLane } from '../wire-lane/wire-lane.js';
import type { Blocklists } from '../policies/block/blocklists.js';
import { LateConnections } from './late-connections.js';
import { ListenerState } from './listener-state.js';
import { TrafficListener } from './traffic.listener.js';

/** The lanes of a worker. */
export interface Lanes {
  readonly http: HttpLaneLoader;
  readonly wire: WireLane;
}

export interface ListenerOptions {
  readonly settings: ListenerSettings;
  readonly gate: ConnectionGate;
  /** See `TrafficListenerParts`. */
  readonly blocklists?: Blocklists;
  /** See `TrafficListenerParts`. */
  readonly usesAcceptDoor?: boolean;
}

/** A listener as its `lane` says: the wire lane with a hand-over to the HTTP lane (`auto`), or one of them alone. */
export function makeListener(lanes: Lanes, options: ListenerOptions): TrafficListener {
  const { settings } = options;
  const state = new ListenerState(settings);
  if (settings.lane === 'wire') {
    const wire = new WireConnections(lanes.wire, settings, state, null);
    return new TrafficListener({ ...options, state, wire, http: null });
  }
  const http = new LateConnections(async () => connectionsOf(await lanes.http.load(), settings, state));
  if (settings.lane === 'http') return new TrafficListener({ ...options, state, wire: null, http });
  const handOver: HandOver = (socket, bytes, gone) => {
    socket.unshift(bytes);
    http.open(socket, gone);
  };
  const wire = new WireConnections(lanes.wire, settings, state, handOver);
  return new TrafficListener({ ...options, state, wire, http });
}

/** A listener that the HTTP lane serves through a handler of somebody else's, such as Nest's. */
export function makeHttpListener(
  lane: HttpLane,
  options: ListenerOptions,
  handler: RequestListener,
): TrafficListener {
  const { settings } = options;
  const state = new ListenerState(settings);
  const http = new LateConnections(() => connectionsOf(lane, settings, state, handler));
  return new TrafficListener({ ...options, state, wire: null, http });
}

async function connectionsOf(
  lane: HttpLane,
  settings: ListenerSettings,
  state: ListenerState,
  handler?: RequestListener,
) {
  const { HttpConnections } = await import('../http-lane/http-connections.js');
  return new HttpConnections(lane, settings, state, handler);
}
