import type { RequestListener } from 'node:http';
import type { ListenerSettings } from '../../../common/contract/index.js';
import type { ConnectionGate } from '../connections/connection.gate.js';
import { HttpConnections } from '../http-lane/http-connections.js';
import type { HttpLane } from '../http-lane/http-lane.js';
import { type HandOver, WireConnections } from '../wire-lane/wire-connections.js';
import type { WireLane } from '../wire-lane/wire-lane.js';
import { ListenerState } from './listener-state.js';
import { TrafficListener } from './traffic.listener.js';

/** The lanes of a worker. */
export interface Lanes {
  readonly http: HttpLane;
  readonly wire: WireLane;
}

export interface ListenerOptions {
  readonly settings: ListenerSettings;
  readonly gate: ConnectionGate;
  /** See `TrafficListenerParts`. */
  readonly usesAcceptDoor?: boolean;
}

/** A listener as its `lane` says: the wire lane with a hand-over to the HTTP lane (`auto`), or one of them alone. */
export function makeListener(lanes: Lanes, options: ListenerOptions): TrafficListener {
  const { settings } = options;
  const state = new ListenerState(settings);
  const http = settings.lane === 'wire' ? null : new HttpConnections(lanes.http, settings, state);
  if (settings.lane === 'http') return new TrafficListener({ ...options, state, wire: null, http });
  const handOver: HandOver | null =
    http &&
    ((socket, bytes, gone) => {
      socket.unshift(bytes);
      http.open(socket, gone);
    });
  const wire = new WireConnections(lanes.wire, settings, state, handOver);
  return new TrafficListener({ ...options, state, wire, http });
}

/** A listener that the HTTP lane serves through a handler of somebody else's, such as Nest's. */
export function makeHttpListener(
  lane: HttpLane,
  options: ListenerOptions,
  handler: RequestListener,
): TrafficListener {
  const state = new ListenerState(options.settings);
  const http = new HttpConnections(lane, options.settings, state, handler);
  return new TrafficListener({ ...options, state, wire: null, http });
}
