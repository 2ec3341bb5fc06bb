/** How long is waited for what. */
export interface ServiceTimeouts {
  readonly connectMs: number;
  /** Between two pieces of a body on the client's side, whether it sends or takes. */
  readonly bodyMs: number;
  /** From the request's end to the response head. */
  readonly responseMs: number;
  /** Between two pieces of a response body that a backend sends. */
  readonly responseIdleMs: number;
  /** The whole exchange; 0: off. */
  readonly requestMs: number;
  /** Silence in both directions of an upgraded connection. */
  readonly tunnelIdleMs: number;
  /** Idle upstream connections are closed before the backend does it. */
  readonly upstreamIdleMs: number;
}
