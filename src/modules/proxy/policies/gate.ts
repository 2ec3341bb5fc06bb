import type { DropReason, Snapshot } from '../../../common/contract/index.js';
import type { Exchange, WaitingPlace } from '../exchange.js';

/** The verdict of a gate that keeps an exchange for later. */
export const WAITS = Symbol('waits');

/** How a gate lets go of an exchange that waited at it. Never called from within `enter`. */
export interface GateFlow {
  /** It goes on to the next gate, or to its first attempt. */
  resume(exchange: Exchange): void;
  drop(exchange: Exchange, reason: DropReason): void;
  /** The same where its service cannot take it: another one does instead, if that is configured. */
  turnAway(exchange: Exchange, reason: DropReason): void;
}

/**
 * A step between the policies and the pick that may make an exchange wait. No allocation where nothing waits; knows no
 * lane. While an exchange waits its session takes nothing from the client.
 */
export interface Gate extends WaitingPlace {
  readonly name: string;
  /** Compiles what it needs of a snapshot, before that snapshot serves. */
  use?(snapshot: Snapshot): void;
  /** null: it goes on. A reason: it is dropped. WAITS: the gate calls `flow` later, unless the exchange leaves before. */
  enter(exchange: Exchange, flow: GateFlow): DropReason | null | typeof WAITS;
  /** An exchange is over that this gate has let through. */
  leave?(exchange: Exchange): void;
}
